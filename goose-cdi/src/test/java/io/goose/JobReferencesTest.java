package io.goose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class JobReferencesTest {

    @SuppressWarnings("unused")
    static class Base {
        public void inherited(String a) {}

        @Job(name = "base-name", queue = "base")
        public void overridden() {}
    }

    interface View {
        @Job(name = "view-name", maxRetries = 2)
        void seen(long a);

        void plain(List<String> a);
    }

    @SuppressWarnings("unused")
    static class Bean extends Base implements View {
        Bean() {}

        public void none() {}

        public void one(String a) {}

        public void two(String a, int b) {}

        public void three(String a, int b, long c) {}

        public void four(String a, int b, long c, boolean d) {}

        public void five(String a, int b, long c, boolean d, List<Integer> e) {}

        public void six(String a, int b, long c, boolean d, List<Integer> e, String[] f) {}

        public void overloaded(String a) {}

        public void overloaded(Integer a) {}

        public String answers(String a) {
            return a;
        }

        @Override
        @Job(queue = "nearer")
        public void overridden() {}

        @Override
        public void seen(long a) {}

        @Override
        public void plain(List<String> a) {}

        static void standing() {}
    }

    private static final String BEAN = Bean.class.getName();

    @Test
    void aReferenceOfAnyArityNamesItsMethodAndKeepsItsArguments() {
        List<JobCall> calls = List.of(
                JobCall.of(Bean::none),
                JobCall.of(Bean::one, "a"),
                JobCall.of(Bean::two, "a", 1),
                JobCall.of(Bean::three, "a", 1, 2L),
                JobCall.of(Bean::four, "a", 1, 2L, true),
                JobCall.of(Bean::five, "a", 1, 2L, true, List.of(3)),
                JobCall.of(Bean::six, "a", 1, 2L, true, List.of(3), new String[0]));
        List<String> names = List.of("none", "one", "two", "three", "four", "five", "six");
        for (int arity = 0; arity < calls.size(); arity++) {
            JobCall call = calls.get(arity);
            assertThat(call.handler()).isEqualTo(BEAN + "#" + names.get(arity));
            assertThat(call.arguments()).hasSize(arity);
            assertThat(call.reference().receiver()).isEqualTo(BEAN);
            assertThat(call.reference().parameterTypes()).hasSize(arity);
        }
        assertThat(calls.get(6).reference().signature())
                .isEqualTo(BEAN + "#six(java.lang.String,int,long,boolean,java.util.List,java.lang.String[])");
        assertThat(calls.get(2).arguments()).containsExactly("a", 1);
    }

    @Test
    void nullIsAnArgumentAsAnyOther() {
        assertThat(JobCall.of(Bean::one, null).arguments()).hasSize(1).containsNull();
        assertThat(JobCall.of("by-name", "a", null).arguments()).containsExactly("a", null);
    }

    @Test
    void anInheritedMethodIsNamedThroughTheClassThatItWasReferredThrough() {
        assertThat(JobCall.of(Bean::inherited, "a").reference().signature())
                .isEqualTo(BEAN + "#inherited(java.lang.String)");
        assertThat(JobCall.of(Base::inherited, "a").reference().receiver()).isEqualTo(Base.class.getName());
    }

    @Test
    void anInterfaceIsAViewOnTheJobOfItsImplementation() {
        JobCall through = JobCall.of(View::plain, List.of("a"));
        assertThat(through.reference().signature()).isEqualTo(View.class.getName() + "#plain(java.util.List)");
        assertThat(through.handler()).isEqualTo(View.class.getName() + "#plain");
    }

    @Test
    void theNameAndOptionsOfTheNearestAnnotationTravelWithTheCall() {
        JobCall onInterface = JobCall.of(View::seen, 1L);
        assertThat(onInterface.handler()).isEqualTo("view-name");
        assertThat(onInterface.reference().declared().retry().max()).hasValue(2);

        JobCall inherited = JobCall.of(Bean::seen, 1L);
        assertThat(inherited.handler()).as("the class itself has none").isEqualTo("view-name");

        JobCall nearer = JobCall.of(Bean::overridden);
        assertThat(nearer.reference().declaredName()).isNull();
        assertThat(nearer.handler()).isEqualTo(BEAN + "#overridden");
        assertThat(nearer.reference().declared().queue()).contains("nearer");
        assertThat(JobCall.of(Base::overridden).handler()).isEqualTo("base-name");
    }

    @Test
    void explicitTypesChooseAmongOverloadedMethods() {
        JobRef1<Bean, String> text = Bean::overloaded;
        JobRef1<Bean, Integer> number = Bean::overloaded;
        assertThat(JobCall.of(text, "a").reference().parameterTypes()).containsExactly("java.lang.String");
        assertThat(JobCall.of(number, 1).reference().parameterTypes()).containsExactly("java.lang.Integer");
    }

    @Test
    void aMethodWithAResultIsAJobToo() {
        assertThat(JobCall.of(Bean::answers, "a").handler()).isEqualTo(BEAN + "#answers");
    }

    @Test
    void theSameCallSiteIsReadOnce() {
        JobReference first = null;
        for (int i = 0; i < 3; i++) {
            JobReference now = JobCall.of(Bean::one, "a").reference();
            assertThat(first == null || first == now).isTrue();
            first = now;
        }
    }

    @Test
    void aLambdaIsRefusedWithTheMend() {
        refused(() -> JobCall.of((Bean bean, String a) -> bean.one(a), "a"), "lambda", "Mailer::send");
    }

    @Test
    void aLambdaThatCapturesSomethingIsCalledALambdaToo() {
        String captured = "a".repeat(2);
        refused(() -> JobCall.of((Bean bean) -> bean.one(captured)), "lambda", "Mailer::send");
    }

    @Test
    void aStaticMethodIsRefusedWithTheMend() {
        JobRef0<Bean> reference = JobReferencesTest::takes;
        refused(() -> JobCall.of(reference), "static", "instance method");
    }

    @SuppressWarnings("unused")
    static void takes(Bean bean) {}

    @Test
    void aConstructorIsRefusedWithTheMend() {
        JobRef0<Bean> reference = Taking::new;
        refused(() -> JobCall.of(reference), "constructor", "job method");
    }

    static final class Taking {
        @SuppressWarnings("unused")
        Taking(Bean bean) {}
    }

    @Test
    void aBoundReferenceIsRefusedWithTheMend() {
        Sink sink = new Sink();
        JobRef0<Bean> reference = sink::take;
        refused(() -> JobCall.of(reference), "bound to an object", "through its class");
    }

    static final class Sink implements java.io.Serializable {
        @SuppressWarnings("unused")
        void take(Bean bean) {}
    }

    @Test
    void anImplementationThatIsNoReferenceIsRefusedWithTheMend() {
        JobRef0<Bean> own = new JobRef0<>() {
            @Override
            public void call(Bean bean) {
                bean.none();
            }
        };
        refused(() -> JobCall.of(own), "not a method reference", "JobCall.of(\"name\"");
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GOOSE-1001")
                .hasMessageContainingAll(parts);
    }

    @Test
    void aCallNeverShowsItsArguments() {
        assertThat(JobCall.of("mail", "secret")).hasToString("JobCall[mail, 1 arguments]");
    }

    @Test
    void aNameThatIsEmptyIsRefused() {
        assertThatThrownBy(() -> JobCall.of("", "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GOOSE-1008");
    }

    interface Handles<T> {
        @Job(name = "generic", queue = "of-the-interface")
        void handle(T value);
    }

    abstract static class Between<A, B> implements Handles<List<B>> {
        @Job(queue = "of-the-class")
        public void both(A a, B b) {}
    }

    static class Concrete extends Between<String, Integer> {
        @Override
        public void handle(List<Integer> value) {}

        @Override
        public void both(String a, Integer b) {}

        @SuppressWarnings("unused")
        public void both(Integer a, Integer b) {}
    }

    @Test
    void anAnnotationOnAGenericAncestorIsSeen() {
        JobCall call = JobCall.of(Concrete::handle, List.of(1));
        assertThat(call.handler()).isEqualTo("generic");
        assertThat(call.reference().declared().queue()).contains("of-the-interface");
        JobRef2<Concrete, String, Integer> both = Concrete::both;
        assertThat(JobCall.of(both, "a", 1).reference().declared().queue()).contains("of-the-class");
    }

    @Test
    void aMethodLikeThatOfAGenericAncestorIsNotIt() {
        JobRef2<Concrete, Integer, Integer> other = Concrete::both;
        assertThat(JobCall.of(other, 1, 1).reference().declared()).isNull();
    }

    @Test
    void aReferenceInAModuleThatDoesNotOpenItsPackageIsRefusedWithTheMend() {
        java.io.Serializable closed = (java.io.Serializable) java.util.Map.Entry.<String, Integer>comparingByKey();
        refused(() -> JobReferences.call(closed, List.of()), "module java.base", "opens java.util;");
    }
}
