package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.Job;
import io.goose.engine.LogCapture;
import io.goose.engine.handler.JobMethods;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import java.util.List;
import org.jboss.weld.junit5.EnableWeld;
import org.jboss.weld.junit5.WeldInitiator;
import org.jboss.weld.junit5.WeldSetup;
import org.junit.jupiter.api.Test;

@EnableWeld
class BeanInvokerTest {

    @Dependent
    static class Mailer {
        @Job
        public String send(String to) {
            if (to.isEmpty()) {
                throw new IllegalArgumentException("nobody");
            }
            return "sent to " + to;
        }
    }

    @WeldSetup
    WeldInitiator container = WeldInitiator.of(Mailer.class);

    @Test
    void aBeanThatCannotBeDestroyed_changesNothingForItsJob() throws Throwable {
        BeanInvoker invoker = invokerWithFailingRelease();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (LogCapture log = LogCapture.open()) {
            thread.setContextClassLoader(null); // so that the invoker sets the bean's, and takes it back
            assertThat(invoker.invoke(List.of("ann"))).isEqualTo("sent to ann");
            assertThat(thread.getContextClassLoader()).isNull();
            assertThatThrownBy(() -> invoker.invoke(List.of("")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("nobody");
            assertThat(log.count("WARNING GOOSE-4107: the bean " + Mailer.class.getName()))
                    .isEqualTo(2);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private BeanInvoker invokerWithFailingRelease() {
        BeanManager real = container.getBeanManager();
        Bean<?> bean = real.getBeans(Mailer.class).iterator().next();
        FoundBean found =
                new FoundBean(bean, real.createAnnotatedType(Mailer.class), null, JobMethods.in(Mailer.class));
        BeanView view = BeanView.of(found, found.jobs().get(0));
        assertThat(view).isNotNull();
        BeanManager beans = Overriding.of(BeanManager.class, real, "createCreationalContext", arguments -> {
            CreationalContext<?> context = real.createCreationalContext((Bean<?>) arguments[0]);
            return new CreationalContext<Object>() {
                @Override
                public void push(Object instance) {}

                @Override
                public void release() {
                    context.release();
                    throw new IllegalStateException("as told");
                }
            };
        });
        return new BeanInvoker(
                view,
                Overriding.of(
                        BeanManager.class,
                        beans,
                        "getReference",
                        arguments -> real.getReference(bean, Mailer.class, real.createCreationalContext(bean))));
    }
}
