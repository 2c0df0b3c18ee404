package io.goose.cdi;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.spi.InitialContextFactory;
import javax.naming.spi.NamingManager;

/** A naming context of this process that a test fills; one for each thread that is given a name space. */
final class NamesForTests {

    private static final Map<String, Object> BOUND = new ConcurrentHashMap<>();

    private NamesForTests() {}

    /** Makes {@link InitialContext} look here, once for the process. */
    static void install() {
        if (!NamingManager.hasInitialContextFactoryBuilder()) {
            try {
                NamingManager.setInitialContextFactoryBuilder(environment -> factory());
            } catch (javax.naming.NamingException refused) {
                throw new IllegalStateException(refused);
            }
        }
    }

    private static InitialContextFactory factory() {
        return environment -> new Bound(environment);
    }

    static void bind(String name, Object value) {
        BOUND.put(name, value);
    }

    static void unbind(String name) {
        BOUND.remove(name);
    }

    private static final class Bound extends InitialContext {
        @SuppressWarnings("JdkObsolete") // JNDI's own type
        Bound(Hashtable<?, ?> environment) throws javax.naming.NamingException {
            super(true); // lazy: it must not look for its own factory
        }

        @Override
        public Object lookup(String name) throws NameNotFoundException {
            Object value = BOUND.get(name);
            if (value == null) {
                throw new NameNotFoundException(name);
            }
            return value;
        }

        @Override
        public void close() {}

        @Override
        protected Context getDefaultInitCtx() {
            return this;
        }
    }
}
