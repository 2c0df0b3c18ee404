package io.goose.broker.jca;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.UnsupportedCapabilityException;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.cci.ConnectionFactory;
import jakarta.resource.cci.Interaction;
import jakarta.resource.cci.Record;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/** The way to the resource adapter: its connection factory, looked up when it is first needed. Thread-safe. */
final class Door {

    /** How names are looked up. */
    interface Naming {
        Object lookup(String name) throws NamingException;
    }

    /** A server that starts the application and the adapter at once may bind the factory some time after it asked for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How the adapter's own messages about its properties begin. */
    private static final List<String> WRONG_PROPERTIES = List.of("GOOSE-3169", "GOOSE-3216");

    private final String jndi;
    private final Naming naming;
    private final Duration patience;
    private final boolean isLookedUp;
    private volatile @Nullable ConnectionFactory factory;

    @SuppressWarnings("BanJNDI") // the name is the operator's, and the only way to what the server has bound
    Door(String jndi) {
        this(jndi, name -> new InitialContext().lookup(name), PATIENCE);
    }

    /** A door for tests, with a naming service and a patience of theirs. */
    Door(String jndi, Naming naming, Duration patience) {
        this.jndi = jndi;
        this.naming = naming;
        this.patience = patience;
        this.isLookedUp = true;
    }

    /** A door for tests, without a naming service. */
    Door(ConnectionFactory factory) {
        this.jndi = "(given)";
        this.naming = name -> factory;
        this.patience = Duration.ZERO;
        this.isLookedUp = false;
        this.factory = factory;
    }

    @Override
    public String toString() {
        return jndi;
    }

    /** A connection of the container's pool. */
    Connection open() {
        try {
            return factory().getConnection();
        } catch (ResourceException refused) {
            if (isLookedUp) {
                factory = null; // the adapter may have been deployed anew, with another factory at the same name
            }
            throw notOpened(refused);
        }
    }

    /** What the adapter itself says of its properties is deep in what the container makes of it. */
    private GooseException notOpened(ResourceException refused) {
        String text = "GOOSE-3165: the resource adapter's connection factory " + jndi + " gives no connection ("
                + refused.getMessage() + ")";
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            String said = String.valueOf(cause.getMessage());
            if (WRONG_PROPERTIES.stream().anyMatch(said::startsWith)) {
                return new BrokerRefusedException(text.contains(said) ? text : text + ": " + said, refused);
            }
        }
        return new BrokerUnavailableException(
                text + "; if its pool is used up, raise that: a worker keeps one connection, and each thread that"
                        + " enqueues needs one meanwhile",
                refused);
    }

    /**
     * Waits until something is bound at the name: for what is needed at the start of the application.
     *
     * @throws BrokerUnavailableException if nothing is for all of the patience
     */
    void await() {
        long begun = System.nanoTime();
        while (factory == null && !isBound() && !Thread.currentThread().isInterrupted()) {
            if (System.nanoTime() - begun >= patience.toNanos()) {
                throw absent(patience.isZero() ? "" : ", and was none for " + patience, null);
            }
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
    }

    private boolean isBound() {
        try {
            naming.lookup(jndi);
            return true;
        } catch (NameNotFoundException notYet) {
            return false;
        } catch (NamingException broken) { // no waiting mends that, and the next call says it
            return true;
        }
    }

    private ConnectionFactory factory() {
        ConnectionFactory known = factory;
        if (known != null) {
            return known;
        }
        Object found;
        try {
            found = naming.lookup(jndi);
        } catch (NamingException absent) {
            throw absent("", absent);
        }
        if (found instanceof ConnectionFactory right) {
            factory = right;
            return right;
        }
        throw new BrokerUnavailableException(
                "GOOSE-3164: what is at " + jndi + " is a " + found.getClass().getName()
                        + ", no jakarta.resource.cci.ConnectionFactory; name the connection factory of"
                        + " goose-jca-adapter.rar",
                null);
    }

    private BrokerUnavailableException absent(String since, @Nullable NamingException cause) {
        return new BrokerUnavailableException(
                "GOOSE-3164: there is no connection factory at " + jndi + since
                        + (cause == null ? "" : " (" + cause.getMessage() + ")")
                        + "; deploy goose-jca-adapter.rar, and bind its connection factory to this name",
                cause);
    }

    /** Calls by a connection that is given back afterwards; throws what the other side throws. */
    Reply call(String on, Method method, List<?> arguments) throws Throwable {
        Connection connection = open();
        try {
            return call(connection, on, method, arguments);
        } finally {
            close(connection);
        }
    }

    /** Calls by a connection that is kept. */
    static Reply call(Connection connection, String on, Method method, List<?> arguments) throws Throwable {
        Map<?, ?> reply = reply(connection, on, method, arguments);
        Throwable failure = Failures.of(reply);
        if (failure != null) {
            throw failure;
        }
        return new Reply(reply.get(Calls.RESULT), reply.get(Calls.LIBRARY));
    }

    /**
     * What a method answers that an older adapter does not have: what it does for every broker that does not have it, where the
     * SPI says that; else the refusal is thrown.
     */
    static @Nullable Object otherwise(
            UnsupportedCapabilityException refused, Object proxy, Method method, Object @Nullable [] given)
            throws Throwable {
        if (method.isDefault() && Failures.isOfAge(refused)) {
            return InvocationHandler.invokeDefault(proxy, method, given);
        }
        throw refused;
    }

    private static Map<?, ?> reply(Connection connection, String on, Method method, List<?> arguments) {
        Map<String, @Nullable Object> call = new HashMap<>();
        call.put(Calls.VERSION, Calls.PROTOCOL);
        call.put(Calls.LIBRARY, Calls.library());
        call.put(Calls.ON, on);
        call.put(Calls.CALL, Calls.key(method));
        call.put(Calls.ARGUMENTS, new ArrayList<>(arguments));
        try {
            Interaction interaction = connection.createInteraction();
            Record reply = interaction.execute(null, new CallRecord(call));
            if (reply instanceof Map<?, ?> map) {
                return map;
            }
            throw new ResourceException("the reply is " + reply);
        } catch (ResourceException broken) {
            throw new BrokerUnavailableException(
                    "GOOSE-3166: the resource adapter did not answer " + on + '.' + method.getName() + " ("
                            + broken.getMessage()
                            + "); its connection is gone, or what is looked up is not goose-jca-adapter's",
                    broken);
        }
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (ResourceException gone) { // with whatever it was connected to
            System.getLogger(Door.class.getName())
                    .log(System.Logger.Level.DEBUG, "a connection was not given back cleanly", gone);
        }
    }
}
