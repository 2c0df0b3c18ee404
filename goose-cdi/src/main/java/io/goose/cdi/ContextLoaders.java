package io.goose.cdi;

import org.jspecify.annotations.Nullable;

/**
 * Gives a thread the context class loader that a job's bean expects. With Goose in an EAR's {@code lib/} one engine serves
 * beans of several WARs, and the engine's loader sees only one of them.
 */
final class ContextLoaders {

    private ContextLoaders() {}

    /** Sets the loader for {@code bean}, unless the present one knows it; returns the present one. */
    static @Nullable ClassLoader enter(Class<?> bean) {
        Thread thread = Thread.currentThread();
        ClassLoader present = thread.getContextClassLoader();
        if (!sees(present, bean)) {
            thread.setContextClassLoader(bean.getClassLoader());
        }
        return present;
    }

    static void leave(@Nullable ClassLoader before) {
        Thread.currentThread().setContextClassLoader(before);
    }

    private static boolean sees(@Nullable ClassLoader loader, Class<?> type) {
        if (loader == null) {
            return false;
        }
        if (loader == type.getClassLoader()) {
            return true;
        }
        try {
            return Class.forName(type.getName(), false, loader) == type;
        } catch (ClassNotFoundException | LinkageError hidden) {
            return false;
        }
    }
}
