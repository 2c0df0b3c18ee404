package io.goose.engine.observe;

import static java.lang.System.Logger.Level.DEBUG;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.WrongMethodTypeException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a log keeps what belongs to the calling thread. Told by name: none of these libraries need be there, and none is compiled
 * against. Thread-safe.
 */
final class LogStore {

    private static final String JBOSS = "org.jboss.logmanager.MDC";
    private static final String SLF4J = "org.slf4j.MDC";
    private static final String LOG4J = "org.apache.logging.log4j.ThreadContext";
    private static final String LIBERTY = "com.ibm.websphere.logging.hpel.LogRecordContext";

    private static final System.Logger LOG = System.getLogger(LogStore.class.getPackageName());

    private final MethodHandle put;
    private final MethodHandle remove;
    private final @Nullable MethodHandle get; // null where it cannot be read

    private LogStore(MethodHandle put, MethodHandle remove, @Nullable MethodHandle get) {
        this.put = put;
        this.remove = remove;
        this.get = get;
    }

    /** Those that are there. */
    static List<LogStore> all(ClassLoader loader) {
        List<LogStore> stores = new ArrayList<>();
        add(stores, JBOSS, logManager(), "put", "remove", "get"); // a deployment does not see it, but the JVM has it
        startSlf4j(loader);
        add(stores, SLF4J, loader, "put", "remove", "get");
        add(stores, LOG4J, loader, "put", "remove", "get");
        add(stores, LIBERTY, loader, "addExtension", "removeExtension", null);
        return stores;
    }

    /** Here on one thread: the first jobs come on many, and it complains of each that asks while another starts it. */
    private static void startSlf4j(ClassLoader loader) {
        try {
            Object started = Class.forName("org.slf4j.LoggerFactory", true, loader)
                    .getMethod("getILoggerFactory")
                    .invoke(null);
            LOG.log(DEBUG, "SLF4J logs by {0}", started);
        } catch (ReflectiveOperationException | LinkageError absent) { // or broken, which its MDC will tell
            LOG.log(DEBUG, "SLF4J is not started: {0}", absent);
        }
    }

    /** The loader of what the JVM logs with; null for that of the JVM itself. */
    private static @Nullable ClassLoader logManager() {
        try {
            Method manager = Class.forName("java.util.logging.LogManager").getMethod("getLogManager");
            return manager.invoke(null).getClass().getClassLoader();
        } catch (ReflectiveOperationException | LinkageError none) { // a JVM without that module
            return null;
        }
    }

    private static void add(
            List<LogStore> stores,
            String type,
            @Nullable ClassLoader loader,
            String put,
            String remove,
            @Nullable String get) {
        try {
            stores.add(of(Class.forName(type, true, loader), put, remove, get));
        } catch (ReflectiveOperationException | WrongMethodTypeException | LinkageError absent) { // or another
            LOG.log(DEBUG, "no log is told of jobs by {0}: {1}", type, absent);
        }
    }

    /**
     * A store that consists of static methods.
     *
     * @param get null if there is none
     */
    static LogStore of(Class<?> type, String put, String remove, @Nullable String get)
            throws ReflectiveOperationException {
        Class<?> text = String.class;
        return new LogStore(
                handle(type, put, MethodType.methodType(void.class, text, text), text, text),
                handle(type, remove, MethodType.methodType(void.class, text), text),
                get == null ? null : handle(type, get, MethodType.methodType(String.class, text), text));
    }

    private static MethodHandle handle(Class<?> type, String name, MethodType as, Class<?>... parameters)
            throws ReflectiveOperationException {
        return MethodHandles.publicLookup()
                .unreflect(type.getMethod(name, parameters))
                .asType(as);
    }

    /** Whether {@link #get} can tell. */
    boolean canBeRead() {
        return get != null;
    }

    /** What is there under a name; null if nothing is, or nobody can tell. */
    @Nullable String get(String key) {
        if (get == null) {
            return null;
        }
        try {
            return (String) get.invokeExact(key);
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** Puts something there, or takes away what is there if it is null. */
    void set(String key, @Nullable String value) {
        try {
            if (value == null) {
                remove.invokeExact(key);
            } else {
                put.invokeExact(key, value);
            }
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }
}
