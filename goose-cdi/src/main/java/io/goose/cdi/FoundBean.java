package io.goose.cdi;

import io.goose.engine.handler.JobMethod;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.SessionBeanType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bean that has job methods.
 *
 * @param session which kind of EJB it is; null if it is a CDI bean
 */
record FoundBean(
        Bean<?> bean, AnnotatedType<?> type, @Nullable SessionBeanType session, List<JobMethod> jobs) {

    boolean isEjb() {
        return session != null;
    }

    String name() {
        return type.getJavaClass().getName();
    }
}
