package io.goose.cdi;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/**
 * Whether the server takes work. WildFly is suspended by {@code :suspend} and before a graceful shutdown; no job should be
 * started then. Other servers have no such state.
 *
 * <p>Thread-safe; asks the server at most four times a second.
 */
final class SuspendWatch {

    private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final String ATTRIBUTE = "suspendState";
    private static final ObjectName SERVER = serverName();

    private final MBeanServer mbeans;
    private volatile Seen seen;

    private record Seen(boolean running, long atNanos) {}

    SuspendWatch() {
        this(ManagementFactory.getPlatformMBeanServer());
    }

    SuspendWatch(MBeanServer mbeans) {
        this.mbeans = mbeans;
        this.seen = new Seen(true, System.nanoTime() - MAX_AGE_NANOS - 1);
    }

    boolean isRunning() {
        Seen last = seen;
        long now = System.nanoTime();
        if (now - last.atNanos() > MAX_AGE_NANOS) {
            last = new Seen(ask(), now);
            seen = last; // two threads may ask at once and see the same
        }
        return last.running();
    }

    private boolean ask() {
        try {
            return "RUNNING".equalsIgnoreCase(String.valueOf(mbeans.getAttribute(SERVER, ATTRIBUTE)));
        } catch (InstanceNotFoundException notWildFly) {
            return true;
        } catch (JMException | RuntimeException unreadable) { // a server that cannot say is not suspended
            return true;
        }
    }

    private static ObjectName serverName() {
        try {
            return new ObjectName("jboss.as:management-root=server");
        } catch (MalformedObjectNameException never) {
            throw new ExceptionInInitializerError(never);
        }
    }
}
