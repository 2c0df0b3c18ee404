package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class SuspendWatchTest {

    /** The part of a WildFly server's management that is asked. */
    public interface ServerMXBean {
        String getsuspendState();
    }

    private static final class Server implements ServerMXBean {
        private volatile String state = "RUNNING";

        @Override
        public String getsuspendState() {
            return state;
        }
    }

    private final MBeanServer mbeans = MBeanServerFactory.newMBeanServer();

    @Test
    void whereThereIsNoSuchServer_workIsTaken() {
        assertThat(new SuspendWatch(mbeans).isRunning()).isTrue();
    }

    @Test
    void aSuspendedServer_takesNoWorkUntilItIsResumed() throws Exception {
        Server server = new Server();
        mbeans.registerMBean(server, new ObjectName("jboss.as:management-root=server"));
        assertThat(new SuspendWatch(mbeans).isRunning()).isTrue();
        for (String state : new String[] {"PRE_SUSPEND", "SUSPENDING", "SUSPENDED"}) {
            server.state = state;
            assertThat(new SuspendWatch(mbeans).isRunning()).as(state).isFalse();
        }
        server.state = "RUNNING";
        assertThat(new SuspendWatch(mbeans).isRunning()).isTrue();
    }

    @Test
    void theAnswer_isKeptForAMoment() throws Exception {
        Server server = new Server();
        mbeans.registerMBean(server, new ObjectName("jboss.as:management-root=server"));
        SuspendWatch watch = new SuspendWatch(mbeans);
        long asked = System.nanoTime();
        assertThat(watch.isRunning()).isTrue();
        server.state = "SUSPENDED";
        while (watch.isRunning()) {
            Thread.onSpinWait();
        }
        assertThat(System.nanoTime() - asked).isGreaterThan(100_000_000L).isLessThan(60_000_000_000L);
    }
}
