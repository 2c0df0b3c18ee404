package io.goose;

import jakarta.enterprise.util.AnnotationLiteral;
import jakarta.enterprise.util.Nonbinding;
import jakarta.inject.Qualifier;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Selects the client of a configured broker by name: {@code @Inject @GooseBroker("reports") GooseClient goose}. Without
 * it the default broker's client is injected. A name that is not in {@code goose.brokers} is a deployment error.
 *
 * @since 0.1
 */
@Documented
@Qualifier @Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.TYPE})
public @interface GooseBroker {

    /** The broker's name in the configuration. */
    @Nonbinding
    String value();

    /** For programmatic lookup. Immutable. */
    final class Literal extends AnnotationLiteral<GooseBroker> implements GooseBroker {
        private final String value;

        private Literal(String value) {
            this.value = value;
        }

        /** The qualifier for the broker of this name. */
        public static Literal of(String value) {
            return new Literal(value);
        }

        @Override
        public String value() {
            return value;
        }
    }
}
