package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.GooseBroker;
import io.goose.GooseClient;
import io.goose.GooseConfigurationException;
import io.goose.spi.ArgumentCodec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.DeploymentException;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of bad job declaration, and the message with which the deployment fails. */
class JobDeclarationMistakesTest {

    /**
     * A mistake.
     *
     * @param name what is wrong
     * @param message all of what is said about it; {@code @@} stands for the class around the bad beans
     */
    record Mistake(String name, String message, List<Class<?>> beans) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Mistake mistake(String name, String message, Class<?>... beans) {
        return new Mistake(name, message.replace("@@", "io.goose.cdi.BadJobs$"), Arrays.asList(beans));
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(
                mistake(
                        "twoJobsHaveOneName",
                        "GOOSE-2101: two jobs are called 'mail': @@SameNameOne#run() and @@SameNameTwo#run(); give one of them"
                                + " another @Job(name)",
                        BadJobs.SameNameOne.class,
                        BadJobs.SameNameTwo.class),
                mistake(
                        "anAliasIsTheNameOfAnotherJob",
                        "GOOSE-2101: two jobs are called 'mail': @@AliasTaken#run() and @@SameNameOne#run(); give one of them"
                                + " another @Job(name)",
                        BadJobs.SameNameOne.class,
                        BadJobs.AliasTaken.class),
                mistake(
                        "overloadedJobsHaveNoNames",
                        "GOOSE-2101: two jobs are called '@@Overloaded#run': @@Overloaded#run(String) and @@Overloaded#run(int);"
                                + " give one of them another @Job(name)",
                        BadJobs.Overloaded.class),
                mistake(
                        "aTransactionalJobsBrokerCannot",
                        "GOOSE-2139: job @@TransactionalElsewhere#run() has transactional=true, but broker 'main' of the kind"
                                + " memory, which runs [default], cannot complete a job in a transaction; give it a queue"
                                + " that only a JDBC broker's worker serves, or, on a broker of the kind jca, a"
                                + " TransactionalJobsBean; or remove transactional",
                        BadJobs.TransactionalElsewhere.class),
                mistake(
                        "aTransactionalJobHasATransactionOfItsOwn",
                        "GOOSE-2141: job @@TransactionalApart#run() has transactional=true and @Transactional(REQUIRES_NEW),"
                                + " so that its work would not be part of the job's transaction; remove the one or the"
                                + " other",
                        BadJobs.TransactionalApart.class),
                mistake(
                        "aTransactionalJobsClassPutsItsTransactionAside",
                        "GOOSE-2141: job @@TransactionalApartByClass#run() has transactional=true and"
                                + " @Transactional(NOT_SUPPORTED), so that its work would not be part of the job's"
                                + " transaction; remove the one or the other",
                        BadJobs.TransactionalApartByClass.class),
                mistake(
                        "theMethodIsPrivate",
                        "GOOSE-2102: job @@Private#run() is private, so that no proxy can call it; make it public or"
                                + " package-private",
                        BadJobs.Private.class),
                mistake(
                        "theMethodIsStatic",
                        "GOOSE-2103: job @@Static#run() is static, so that it belongs to no bean; make it an instance method",
                        BadJobs.Static.class),
                mistake(
                        "theMethodIsFinal",
                        "GOOSE-2104: job @@Final#run() is final, so that no proxy passes the call on; remove final from the"
                                + " method",
                        BadJobs.Final.class),
                mistake(
                        "theClassIsFinal",
                        "GOOSE-2105: job @@FinalClass#run() is in a final class, which cannot have a proxy; remove final from"
                                + " the class",
                        BadJobs.FinalClass.class),
                mistake(
                        "theAsyncMethodIsFinal",
                        "GOOSE-2104: job @@FinalAsync#run() is final, so that no proxy passes the call on; remove final from"
                                + " the method",
                        BadJobs.FinalAsync.class),
                mistake(
                        "theAsyncJobsClassIsFinal",
                        "GOOSE-2105: job @@FinalAsyncClass#run() is in a final class, which cannot have a proxy; remove final"
                                + " from the class",
                        BadJobs.FinalAsyncClass.class),
                mistake(
                        "bothAnnotationsAreThere",
                        "GOOSE-2107: job @@Both#run() has both @Job and @AsyncJob; keep one of them",
                        BadJobs.Both.class),
                mistake(
                        "anAsyncJobReturnsAnObject",
                        "GOOSE-2108: job @@AsyncReturns#run() is an @AsyncJob that returns java.lang.String, which a call that"
                                + " enqueues cannot have; return void, or io.goose.job.JobId to get the job's id",
                        BadJobs.AsyncReturns.class),
                mistake(
                        "anAsyncJobReturnsANumber",
                        "GOOSE-2108: job @@AsyncReturnsInt#run() is an @AsyncJob that returns int, which a call that enqueues"
                                + " cannot have; return void, or io.goose.job.JobId to get the job's id",
                        BadJobs.AsyncReturnsInt.class),
                mistake(
                        "anEjbsAsynchronousIsThereToo",
                        "GOOSE-2109: job @@EjbAsynchronous#run() has @jakarta.ejb.Asynchronous too, so that it would run on a"
                                + " thread that knows nothing of the job; remove that annotation",
                        BadJobs.EjbAsynchronous.class),
                mistake(
                        "concurrencysAsynchronousIsThereToo",
                        "GOOSE-2109: job @@ConcurrencyAsynchronous#run() has @jakarta.enterprise.concurrent.Asynchronous too,"
                                + " so that it would run on a thread that knows nothing of the job; remove that annotation",
                        BadJobs.ConcurrencyAsynchronous.class),
                mistake(
                        "faultTolerancesAsynchronousIsThereToo",
                        "GOOSE-2109: job @@FaultToleranceAsynchronous#run() has"
                                + " @org.eclipse.microprofile.faulttolerance.Asynchronous too, so that it would"
                                + " run on a thread that knows nothing of the job; remove that annotation",
                        BadJobs.FaultToleranceAsynchronous.class),
                mistake(
                        "anEjbsAsynchronousIsOnTheClass",
                        "GOOSE-2109: job @@EjbAsynchronousClass#run() has"
                                + " @jakarta.ejb.Asynchronous on @@EjbAsynchronousClass, so that it would"
                                + " run on a thread that knows nothing of the job; put that annotation on the methods that need it",
                        BadJobs.EjbAsynchronousClass.class),
                mistake(
                        "concurrencysAsynchronousIsOnTheClass",
                        "GOOSE-2109: job @@ConcurrencyAsynchronousClass#run() has"
                                + " @jakarta.enterprise.concurrent.Asynchronous on @@ConcurrencyAsynchronousClass, so that it would"
                                + " run on a thread that knows nothing of the job; put that annotation on the methods that need it",
                        BadJobs.ConcurrencyAsynchronousClass.class),
                mistake(
                        "faultTolerancesAsynchronousIsOnTheClass",
                        "GOOSE-2109: job @@FaultToleranceAsynchronousClass#run() has"
                                + " @org.eclipse.microprofile.faulttolerance.Asynchronous on @@FaultToleranceAsynchronousClass, so that it would"
                                + " run on a thread that knows nothing of the job; put that annotation on the methods that need it",
                        BadJobs.FaultToleranceAsynchronousClass.class),
                mistake(
                        "anAsynchronousIsOnTheClassThatDeclaresTheMethod",
                        "GOOSE-2109: job @@ByAsynchronousParent#run() has"
                                + " @jakarta.ejb.Asynchronous on @@AsynchronousParent, so that it would"
                                + " run on a thread that knows nothing of the job; put that annotation on the methods that need it",
                        BadJobs.ByAsynchronousParent.class),
                mistake(
                        "aParameterIsAStream",
                        "GOOSE-2110: job @@Stream#run(String, InputStream) has parameter 2, which cannot travel; ",
                        BadJobs.Stream.class),
                mistake(
                        "aParameterIsAVariableOfTheMethod",
                        "GOOSE-2111: job @@FreeVariable#run(Object) has parameter 1 of the type T, a type variable that has no"
                                + " value in this class; use a definite type, or put the job into a subclass that gives the"
                                + " variable one",
                        BadJobs.FreeVariable.class),
                mistake(
                        "aParameterIsAVariableOfTheClass",
                        "GOOSE-2111: job @@FreeClassVariable#run(List) has parameter 1 of the type java.util.List<T>, a type"
                                + " variable that has no value in this class; use a definite type, or put the job into a"
                                + " subclass that gives the variable one",
                        BadJobs.FreeClassVariable.class),
                mistake(
                        "theQueueHasASpace",
                        "GOOSE-2112: job @@BadQueue#run() has @Job(queue=\"my queue\"): it has white space, a control"
                                + " character or one of {}*,: at position 2; leave it out",
                        BadJobs.BadQueue.class),
                mistake(
                        "theRetryQueueHasBraces",
                        "GOOSE-2112: job @@BadRetryQueue#run() has @Job(retryQueue=\"{slow}\"): it has white space, a control"
                                + " character or one of {}*,: at position 0; leave it out",
                        BadJobs.BadRetryQueue.class),
                mistake(
                        "theRetriesAreNegative",
                        "GOOSE-2112: job @@NegativeRetries#run() has @Job(maxRetries=\"-2\"): it is negative; 0 means no retry",
                        BadJobs.NegativeRetries.class),
                mistake(
                        "theDelayIsNone",
                        "GOOSE-2112: job @@BadDelay#run() has @AsyncJob(retryDelay=\"5s\"): it is no delay; write standard,"
                                + " fixed:PT5S, exponential:PT1S,2.0,PT1H or named:<bean>",
                        BadJobs.BadDelay.class),
                mistake(
                        "theTimeoutIsNoDuration",
                        "GOOSE-2112: job @@BadTimeout#run() has @Job(timeout=\"5 minutes\"): it is no duration; write it in"
                                + " ISO-8601, for example PT5M",
                        BadJobs.BadTimeout.class),
                mistake(
                        "theTimeoutIsZero",
                        "GOOSE-2112: job @@NoTimeout#run() has @AsyncJob(timeout=\"PT0S\"): it is out of range; set it to"
                                + " PT0.001S … P3650D, or leave it out for none",
                        BadJobs.NoTimeout.class),
                mistake(
                        "theNameHasASpace",
                        "GOOSE-2112: job @@BadName#run() has @Job(name=\"send mail\"): it has white space or a control"
                                + " character; leave that out",
                        BadJobs.BadName.class),
                mistake(
                        "theNameIsTooLong",
                        "GOOSE-2112: job @@LongName#run() has @Job(name=\"01234567890123456789…\"): it has 256 characters;"
                                + " shorten it to 255",
                        BadJobs.LongName.class),
                mistake(
                        "anAliasIsEmpty",
                        "GOOSE-2112: job @@EmptyAlias#run() has @Job(aliases=\"\"): it is empty; leave it out or give it a text",
                        BadJobs.EmptyAlias.class),
                mistake(
                        "anAliasIsTheJobsName",
                        "GOOSE-2112: job @@AliasIsName#run() has @Job(aliases=\"mail\"): it is the job's name or given twice;"
                                + " leave it out",
                        BadJobs.AliasIsName.class),
                mistake(
                        "noTypeOfTheBeanHasTheMethod",
                        "GOOSE-2113: job @@Hidden#run() is in none of the types of its bean",
                        BadJobs.Hidden.class),
                mistake(
                        "theBeanIsMessageDriven",
                        "GOOSE-2115: message-driven bean @@MessageDriven has the job @@MessageDriven#run(), but only its"
                                + " messages can call it; move the job to a CDI bean or a @Stateless EJB",
                        BadJobs.MessageDriven.class),
                mistake(
                        "theBeanIsInTheSession",
                        "GOOSE-2116: bean @@InSession has jobs, but its scope @SessionScoped belongs to a user's session, which"
                                + " a worker does not have; move them to an @ApplicationScoped, @RequestScoped or @Dependent"
                                + " bean",
                        BadJobs.InSession.class),
                mistake(
                        "theBeanIsInAConversation",
                        "GOOSE-2116: bean @@InConversation has jobs, but its scope @ConversationScoped belongs to a user's"
                                + " session, which a worker does not have; move them to an @ApplicationScoped, @RequestScoped"
                                + " or @Dependent bean",
                        BadJobs.InConversation.class),
                mistake(
                        "asyncJobIsOnTheClass",
                        "GOOSE-2117: bean @@AsyncClass has @AsyncJob on the class, which would enqueue every call of it; put it"
                                + " on the methods that are jobs",
                        BadJobs.AsyncClass.class),
                mistake(
                        "asyncJobIsOnAnInterface",
                        "GOOSE-2118: job @@AsyncByInterface#run() has its @AsyncJob on @@AsyncContract, from which interceptors"
                                + " are not inherited; put @AsyncJob on the method of the bean's class",
                        BadJobs.AsyncByInterface.class),
                mistake(
                        "asyncJobIsOnAnOverriddenMethod",
                        "GOOSE-2118: job @@AsyncByParent#run() has its @AsyncJob on @@AsyncParent, from which interceptors are"
                                + " not inherited; put @AsyncJob on the method of the bean's class",
                        BadJobs.AsyncByParent.class),
                mistake(
                        "noBeanHasTheDelaysName",
                        "GOOSE-2119: job @@UnknownDelay#run() has retryDelay=\"named:slwo\", but no RetryDelay.Custom bean has"
                                + " @Named(\"slwo\"); make one, or use another delay; did you mean slow?",
                        BadJobs.UnknownDelay.class,
                        BadJobs.Slow.class),
                mistake(
                        "theAnnotationsBrokerIsNotConfigured",
                        "GOOSE-2120: job @@UnknownBroker#run() has @AsyncJob(broker=\"reports\"), which is not in"
                                + " goose.brokers=main; add it there or name one of these",
                        BadJobs.UnknownBroker.class),
                mistake(
                        "anInjectedBrokerIsNotConfigured",
                        "GOOSE-2121: @GooseBroker(\"mian\") at io.goose.GooseClient"
                                + " io.goose.cdi.JobDeclarationMistakesTest$WantsBroker.goose is not in goose.brokers=main; add"
                                + " it there or name one of these; did you mean main?",
                        WantsBroker.class),
                mistake(
                        "anInjectedInstanceOfABrokerIsNotConfigured",
                        "GOOSE-2121: @GooseBroker(\"reports\") at jakarta.enterprise.inject.Instance"
                                + " io.goose.cdi.JobDeclarationMistakesTest$WantsInstance.goose is not in goose.brokers=main;"
                                + " add it there or name one of these",
                        WantsInstance.class),
                mistake(
                        "aJobReturnsAFuture",
                        "GOOSE-2122: job @@ReturnsStage#run() returns java.util.concurrent.CompletionStage, but a job is done"
                                + " when its method returns; return void and wait for the result in the method",
                        BadJobs.ReturnsStage.class),
                mistake(
                        "thereAreTwoCodecs",
                        "GOOSE-2126: two ArgumentCodec beans: io.goose.cdi.JobDeclarationMistakesTest$TwoCodecs.one and"
                                + " io.goose.cdi.JobDeclarationMistakesTest$TwoCodecs.two; keep one of them",
                        TwoCodecs.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void failsTheDeployment(Mistake mistake) {
        List<String> problems = problems(TestApplication.with(mistake.beans().toArray(Class<?>[]::new)));
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0)).startsWith(mistake.message());
    }

    @Test
    void mistakesInConfigurationAndInJobs_areReportedTogether() {
        TestApplication.Builder application = TestApplication.with(
                        BadJobs.Good.class, BadJobs.BadQueue.class, BadJobs.Private.class, WantsBroker.class)
                .config("goose.worker.threads", "0")
                .config("goose.worker.tread", "1");
        assertThatThrownBy(application::start)
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("5 problems:")
                .hasMessageContaining("GOOSE-2008: goose.worker.threads=0")
                .hasMessageContaining("GOOSE-2021: goose.worker.tread in PropertiesConfigSource[source="
                        + TestApplication.OWN_FILE + "] is not known: did you mean goose.worker.threads?")
                .hasMessageContaining("GOOSE-2112: job io.goose.cdi.BadJobs$BadQueue#run()")
                .hasMessageContaining("GOOSE-2102: job io.goose.cdi.BadJobs$Private#run()")
                .hasMessageContaining("GOOSE-2121: @GooseBroker(\"mian\")");
    }

    private static List<String> problems(TestApplication.Builder application) {
        try (TestApplication unexpected = application.start()) {
            throw new AssertionError("deployed: " + unexpected);
        } catch (DeploymentException refused) {
            assertThat(refused.getCause()).isInstanceOf(GooseConfigurationException.class);
            return ((GooseConfigurationException) refused.getCause()).problems();
        }
    }

    @ApplicationScoped
    static class WantsBroker {
        @Inject
        @GooseBroker("mian")
        GooseClient goose;
    }

    @ApplicationScoped
    static class WantsInstance {
        @Inject
        @GooseBroker("reports")
        Instance<GooseClient> goose;
    }

    @ApplicationScoped
    static class TwoCodecs {
        @Produces
        ArgumentCodec one() {
            return new io.goose.engine.codec.JsonbArgumentCodec();
        }

        @Produces
        @jakarta.inject.Named("second")
        ArgumentCodec two() {
            return new io.goose.engine.codec.JsonbArgumentCodec();
        }
    }
}
