package io.goose.cdi;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ties the engine to the life of each web module. */
public final class GooseInitializer implements ServletContainerInitializer {

    /** For the servlet container. */
    public GooseInitializer() {}

    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
        context.addListener(new GooseListener());
    }
}
