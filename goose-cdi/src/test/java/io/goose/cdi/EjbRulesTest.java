package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Job;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Lock;
import jakarta.ejb.LockType;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Typed;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.SessionBeanType;
import java.util.ArrayList;
import java.util.List;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.junit.jupiter.api.Test;

/** What is said about EJBs. Weld SE has none, so beans of the same types stand for them; the servers' tests have real ones. */
class EjbRulesTest {

    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    interface Local {
        void send(String to);
    }

    @Dependent
    static class Stateless {
        @Job
        public void send(String to) {}
    }

    @Dependent
    static class Hidden {
        @Job
        void send(String to) {}
    }

    @Typed(Local.class)
    @Dependent
    static class LocalView implements Local {
        @Job
        @Override
        public void send(String to) {}

        @Job
        public void outside() {}
    }

    @Dependent
    static class Parallel {
        @Lock(LockType.READ)
        @Job
        public void read() {}

        @Lock(LockType.WRITE)
        @Job
        public void write() {}
    }

    @Lock(LockType.READ)
    @Dependent
    static class ParallelClass {
        @Job
        public void read() {}
    }

    @ConcurrencyManagement(ConcurrencyManagementType.BEAN)
    @Dependent
    static class OwnConcurrency {
        @Job
        public void run() {}
    }

    @RolesAllowed("admin")
    @Dependent
    static class Guarded {
        @Job
        public void byClass() {}

        @PermitAll
        @Job
        public void open() {}

        @DenyAll
        @Job
        public void denied() {}
    }

    @TransactionManagement(TransactionManagementType.BEAN)
    @Dependent
    static class OwnTransactions {
        @Job(transactional = true)
        public void run() {}
    }

    @Dependent
    static class Apart {
        @Job(transactional = true)
        @TransactionAttribute(TransactionAttributeType.NEVER)
        public void never() {}

        @Job(transactional = true)
        public void required() {}

        @Job
        @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
        public void untransactional() {}
    }

    @Test
    void aTransactionalJobOfAnEjb_takesPartInItsTransaction() {
        check(OwnTransactions.class, SessionBeanType.STATELESS);
        check(Apart.class, SessionBeanType.STATELESS);
        assertThat(problems)
                .containsExactly(
                        "GOOSE-2141: job io.goose.cdi.EjbRulesTest$OwnTransactions#run() has transactional=true on an EJB"
                                + " that manages its transactions itself, so that its work would not be part of the"
                                + " job's; remove @TransactionManagement(BEAN) or transactional",
                        "GOOSE-2141: job io.goose.cdi.EjbRulesTest$Apart#never() has transactional=true and"
                                + " @TransactionAttribute(NEVER), so that its work would not be part of the job's"
                                + " transaction; remove the one or the other");
    }

    @Test
    void aStatefulEjb_isRefused() {
        check(Stateless.class, SessionBeanType.STATEFUL);
        assertThat(problems)
                .containsExactly(
                        "GOOSE-2114: @Stateful EJB io.goose.cdi.EjbRulesTest$Stateless has jobs, but a worker has no"
                                + " conversation with it; move them to a @Stateless EJB or an @ApplicationScoped bean");
    }

    @Test
    void aStatelessEjb_isFine() {
        check(Stateless.class, SessionBeanType.STATELESS);
        assertThat(problems).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aMethodThatIsNotPublic_isNoBusinessMethod() {
        check(Hidden.class, SessionBeanType.STATELESS);
        assertThat(problems)
                .containsExactly(
                        "GOOSE-2106: job io.goose.cdi.EjbRulesTest$Hidden#send(String) is not public, so that it is no"
                                + " business method of the EJB; make it public");
    }

    @Test
    void aLocalInterface_isTheViewOfItsMethodsOnly() {
        List<BeanView> views = check(LocalView.class, SessionBeanType.STATELESS);
        assertThat(problems)
                .containsExactly(
                        "GOOSE-2113: job io.goose.cdi.EjbRulesTest$LocalView#outside() is in no client view of the"
                                + " EJB; add it to the local interface, or add @LocalBean and make it public");
        assertThat(views).singleElement().satisfies(view -> {
            assertThat(view.type()).isEqualTo(Local.class);
            assertThat(view.method()).isEqualTo(Local.class.getMethod("send", String.class));
        });
    }

    @Test
    void aSingletonsWriteLock_getsAWarning() {
        check(Stateless.class, SessionBeanType.SINGLETON);
        check(Parallel.class, SessionBeanType.SINGLETON);
        check(ParallelClass.class, SessionBeanType.SINGLETON);
        check(OwnConcurrency.class, SessionBeanType.SINGLETON);
        assertThat(problems).isEmpty();
        assertThat(warnings)
                .containsExactly(
                        "GOOSE-2123: job io.goose.cdi.EjbRulesTest$Stateless#send(String) is on a @Singleton EJB with the write"
                                + " lock, so that one job runs at a time and others wait with their leases; add @Lock(READ)"
                                + " if it may run in parallel",
                        "GOOSE-2123: job io.goose.cdi.EjbRulesTest$Parallel#write() is on a @Singleton EJB with the write lock,"
                                + " so that one job runs at a time and others wait with their leases; add @Lock(READ) if it"
                                + " may run in parallel");
    }

    @Test
    void rolesThatAJobCannotHave_getAWarning() {
        check(Guarded.class, SessionBeanType.STATELESS);
        assertThat(problems).isEmpty();
        assertThat(warnings)
                .extracting(warning -> warning.substring(0, warning.indexOf("()")))
                .containsExactlyInAnyOrder(
                        "GOOSE-2124: job io.goose.cdi.EjbRulesTest$Guarded#byClass",
                        "GOOSE-2124: job io.goose.cdi.EjbRulesTest$Guarded#denied");
        assertThat(warnings).allMatch(warning -> warning.endsWith("; add @PermitAll to the method"));
    }

    private List<BeanView> check(Class<?> type, SessionBeanType kind) {
        try (WeldContainer container =
                new Weld().disableDiscovery().beanClasses(type).initialize()) {
            BeanManager beans = container.getBeanManager();
            Class<?> view = type == LocalView.class ? Local.class : type;
            Bean<?> bean = beans.getBeans(view).iterator().next();
            AnnotatedType<?> annotated = beans.createAnnotatedType(type);
            FoundBean found = new FoundBean(bean, annotated, kind, JobMethods.in(type));
            BeanRules rules = new BeanRules(beans, problems, warnings);
            rules.check(found);
            List<BeanView> views = new ArrayList<>();
            for (JobMethod job : found.jobs()) {
                rules.check(found, job);
                BeanView seen = BeanView.of(found, job);
                if (seen == null) {
                    rules.unreachable(found, job);
                } else {
                    views.add(seen);
                }
            }
            return views;
        }
    }
}
