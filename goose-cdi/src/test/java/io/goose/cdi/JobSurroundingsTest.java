package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.engine.run.JobScope;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.BeanManager;
import java.net.URL;
import java.net.URLClassLoader;
import org.jboss.weld.junit5.EnableWeld;
import org.jboss.weld.junit5.WeldInitiator;
import org.jboss.weld.junit5.WeldSetup;
import org.junit.jupiter.api.Test;

@EnableWeld
class JobSurroundingsTest {

    @RequestScoped
    static class Counter {
        private int calls;

        int next() {
            return ++calls;
        }
    }

    @WeldSetup
    WeldInitiator container = WeldInitiator.of(Counter.class);

    @Test
    void aScope_isFreshAndEndsWithTheJob() {
        JobSurroundings surroundings = new JobSurroundings(container.getBeanManager());
        Counter counter = container.select(Counter.class).get();
        for (int job = 0; job < 2; job++) {
            try (JobScope.Open open = surroundings.open()) {
                assertThat(counter.next()).isEqualTo(1);
                assertThat(counter.next()).isEqualTo(2);
            }
        }
        assertThatThrownBy(counter::next).isInstanceOf(ContextNotActiveException.class);
    }

    @Test
    void aScopeThatIsActiveAlready_isLeftToWhoeverActivatedIt() {
        JobSurroundings surroundings = new JobSurroundings(container.getBeanManager());
        Counter counter = container.select(Counter.class).get();
        RequestContextController outer =
                container.select(RequestContextController.class).get();
        assertThat(outer.activate()).isTrue();
        counter.next();
        try (JobScope.Open open = surroundings.open()) {
            assertThat(counter.next()).isEqualTo(2);
        }
        assertThat(counter.next()).isEqualTo(3);
        outer.deactivate();
    }

    @Test
    void aControllerThatCannotBeDestroyed_leavesTheThreadsClassLoaderAsItWas() throws Exception {
        IllegalStateException failure = new IllegalStateException("as told");
        BeanManager real = container.getBeanManager();
        BeanManager beans =
                Overriding.of(BeanManager.class, real, "createInstance", arguments -> overridden(real, failure));
        try (URLClassLoader application =
                new URLClassLoader(new URL[0], getClass().getClassLoader())) {
            JobSurroundings surroundings = new JobSurroundings(beans);
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            try {
                thread.setContextClassLoader(application);
                surroundings.capture();
                thread.setContextClassLoader(before);
                assertThatThrownBy(surroundings.open()::close).isSameAs(failure);
                assertThat(thread.getContextClassLoader()).isSameAs(before);
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }

    private static Instance<?> overridden(BeanManager real, RuntimeException failure) {
        Instance<RequestContextController> controllers = real.createInstance().select(RequestContextController.class);
        Instance<?> failing = Overriding.of(Instance.class, controllers, "destroy", controller -> {
            throw failure;
        });
        return Overriding.of(Instance.class, controllers, "select", types -> failing);
    }

    @Test
    void theApplicationsClassLoader_isSetAndTakenBack() throws Exception {
        try (URLClassLoader application =
                        new URLClassLoader(new URL[0], getClass().getClassLoader());
                URLClassLoader threads =
                        new URLClassLoader(new URL[0], getClass().getClassLoader())) {
            JobSurroundings surroundings = new JobSurroundings(container.getBeanManager());
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            try {
                thread.setContextClassLoader(application);
                surroundings.capture();
                thread.setContextClassLoader(threads);
                try (JobScope.Open open = surroundings.open()) {
                    assertThat(thread.getContextClassLoader()).isSameAs(application);
                }
                assertThat(thread.getContextClassLoader()).isSameAs(threads);
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }
}
