package io.goose.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ejb.Stateless;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterTypesTest {

    private final JsonbArgumentCodec codec = new JsonbArgumentCodec();

    @Stateless
    public static class AnEjb {
        public String name;
    }

    @ApplicationScoped
    public static class ACdiBean {
        public String name;
    }

    @jakarta.persistence.Entity
    public static class AnEntity {
        public String name;
    }

    public static class SubEntity extends AnEntity {}

    record HoldsEntity(String a, List<AnEntity> entities) {}

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(Object.class, "declare the class"),
                Arguments.of(AnEntity.class, "pass its id and load it in the job"),
                Arguments.of(SubEntity.class, "pass its id and load it in the job"),
                Arguments.of(AnEntity[].class, "pass its id and load it in the job"),
                Arguments.of(HoldsEntity.class, "component 'entities' of " + HoldsEntity.class.getName()),
                Arguments.of(InputStream.class, "pass its content"),
                Arguments.of(Reader.class, "pass its content"),
                Arguments.of(Stream.class, "pass its content"),
                Arguments.of(Thread.class, "pass a name"),
                Arguments.of(ClassLoader.class, "pass a name"),
                Arguments.of(Class.class, "pass a name"),
                Arguments.of(Runnable.class, "is code, not data"),
                Arguments.of(IllegalStateException.class, "pass its message"),
                Arguments.of(AnEjb.class, "inject it where the job runs"),
                Arguments.of(ACdiBean.class, "inject it where the job runs"),
                Arguments.of(Samples.Named.class, "@JsonbTypeInfo"),
                Arguments.of(Number.class, "no JSON form that can be read back"),
                Arguments.of(CharSequence.class, "no JSON form that can be read back"),
                Arguments.of(AtomicLong.class, "no JSON form that can be read back"),
                Arguments.of(Path.class, "no JSON form that can be read back"),
                Arguments.of(Properties.class, "declare its type arguments"),
                Arguments.of(Samples.Hidden.class, "make it public, or a record"),
                Arguments.of(Samples.HiddenRenamed.class, "make it public"),
                Arguments.of(Samples.Empty.class, "would arrive empty"),
                Arguments.of(Samples.ReadOnly.class, "would arrive empty"),
                Arguments.of(Samples.NoConstructor.class, "@JsonbCreator, or make it a record"),
                Arguments.of(Samples.Inner.class, "make it a static or top-level class"),
                Arguments.of(Samples.HoldsStream.class, "'in' of " + Samples.HoldsStream.class.getName()),
                Arguments.of(Samples.HoldsHiddenRecord.class, "make it public"),
                Arguments.of(Samples.HoldsMonth.class, "make the class a record"),
                Arguments.of(generic(0), "declare a concrete type"),
                Arguments.of(generic(1), "declare the class"),
                Arguments.of(generic(2), "declare a concrete type"),
                Arguments.of(generic(3), "declare its type arguments, as in List<String>"),
                Arguments.of(generic(4), "have no text form"),
                Arguments.of(generic(5), "is code, not data"),
                Arguments.of(generic(6), "pass its content"),
                Arguments.of(generic(7), "pass a name"),
                Arguments.of(generic(8), "declare its type arguments"),
                Arguments.of(generic(9), "component 'second'"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void typeThatCannotTravel_isRefusedWithTheMend(Type type, String mend) {
        assertThat(codec.problem(type)).isNotNull().contains(mend);
    }

    @Test
    void typesThatTravel_haveNoProblem() throws Exception {
        Type[] types = Samples.Accepted.class.getDeclaredMethods()[0].getGenericParameterTypes();
        for (int i = 0; i < 22; i++) {
            assertThat(codec.problem(types[i])).as(types[i].getTypeName()).isNull();
        }
        for (Type type : List.of(
                Samples.Order.class,
                Samples.Tree.class,
                Samples.Person.class,
                Samples.Made.class,
                Samples.Renamed.class,
                Samples.Guarded.class,
                Samples.Animal.class,
                java.util.Date.class)) {
            assertThat(codec.problem(type)).as(type.getTypeName()).isNull();
        }
        assertThat(codec.problem(types[22])).contains("no JSON form");
    }

    private static Type generic(int parameter) {
        return Samples.Refusing.class.getDeclaredMethods()[0].getGenericParameterTypes()[parameter];
    }
}
