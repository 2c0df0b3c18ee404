package io.goose.broker.jca;

import io.goose.spi.Broker;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What is called over the boundary: the methods of the SPI's interfaces, by name and number of parameters. */
final class Calls {

    /** The version of the boundary; it changes when a side could misunderstand the other. */
    static final int PROTOCOL = 1;

    static final String VERSION = "v";
    static final String LIBRARY = "library";
    static final String ON = "on";
    static final String CALL = "call";
    static final String ARGUMENTS = "args";
    static final String RESULT = "result";

    /** What a call is on: the broker, a part of it ({@code broker.housekeeping}), or a session ({@code session:7}). */
    static final String BROKER = "broker";

    static final String SESSION = "session:";

    private static final ClassValue<Map<String, Method>> METHODS = new ClassValue<>() {
        @Override
        protected Map<String, Method> computeValue(Class<?> type) {
            Map<String, Method> methods = new ConcurrentHashMap<>();
            for (Method method : type.getMethods()) {
                Method other = methods.putIfAbsent(key(method), method);
                if (other != null && !other.isBridge() && !method.isBridge() && !overrides(method, other)) {
                    throw new IllegalStateException("two methods of " + type + " are " + key(method));
                }
            }
            return methods;
        }
    };

    private static final String VERSION_HERE = version(); // a class loader takes its time to say it

    private Calls() {}

    static String key(Method method) {
        return method.getName() + '/' + method.getParameterCount();
    }

    private static boolean overrides(Method one, Method other) {
        return Arrays.equals(one.getParameterTypes(), other.getParameterTypes());
    }

    static Optional<Method> find(Class<?> type, String key) {
        return Optional.ofNullable(METHODS.get(type).get(key));
    }

    /** Whether a method answers a part of the broker, which has methods of its own. */
    static boolean isPart(Method method) {
        Class<?> type = method.getReturnType();
        return method.getParameterCount() == 0
                && type.isInterface()
                && type.getPackageName().equals(Broker.class.getPackageName()); // the adapter's copy has another
    }

    /** The version of this copy of the library; "dev" where it is not in a jar. */
    static String library() {
        return VERSION_HERE;
    }

    private static String version() {
        @Nullable String version = Calls.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
