package io.goose.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.engine.codec.Samples.Checked;
import io.goose.engine.codec.Samples.Line;
import io.goose.engine.codec.Samples.Order;
import io.goose.engine.codec.Samples.Pair;
import io.goose.engine.codec.Samples.Person;
import io.goose.engine.codec.Samples.Renamed;
import io.goose.engine.codec.Samples.Size;
import io.goose.engine.codec.Samples.Tree;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonbArgumentCodecTest {

    private static final long MAX_SAFE = 9007199254740991L;

    private final JsonbArgumentCodec codec = new JsonbArgumentCodec();

    @AfterEach
    void close() {
        codec.close();
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(String.class, "x\"\n\ud83d\ude00", "\"x\\\"\\n\ud83d\ude00\""),
                Arguments.of(int.class, -7, "-7"),
                Arguments.of(Integer.class, Integer.MAX_VALUE, "2147483647"),
                Arguments.of(short.class, (short) 3, "3"),
                Arguments.of(byte.class, (byte) -128, "-128"),
                Arguments.of(long.class, MAX_SAFE, "9007199254740991"),
                Arguments.of(long.class, -MAX_SAFE, "-9007199254740991"),
                Arguments.of(long.class, MAX_SAFE + 1, "\"9007199254740992\""),
                Arguments.of(Long.class, Long.MAX_VALUE, "\"9223372036854775807\""),
                Arguments.of(Long.class, Long.MIN_VALUE, "\"-9223372036854775808\""),
                Arguments.of(double.class, 1.5, "1.5"),
                Arguments.of(double.class, Double.MIN_VALUE, "4.9E-324"),
                Arguments.of(Float.class, 0.1f, "0.1"),
                Arguments.of(BigDecimal.class, new BigDecimal("1.10"), "\"1.10\""),
                Arguments.of(
                        BigInteger.class,
                        new BigInteger("123456789012345678901234567890"),
                        "\"123456789012345678901234567890\""),
                Arguments.of(boolean.class, true, "true"),
                Arguments.of(Boolean.class, false, "false"),
                Arguments.of(char.class, 'ü', "\"ü\""),
                Arguments.of(UUID.class, new UUID(1, 2), "\"00000000-0000-0001-0000-000000000002\""),
                Arguments.of(URI.class, URI.create("http://a/b?c"), "\"http://a/b?c\""),
                Arguments.of(Locale.class, Locale.CANADA_FRENCH, "\"fr-CA\""),
                Arguments.of(Currency.class, Currency.getInstance("EUR"), "\"EUR\""),
                Arguments.of(byte[].class, new byte[] {1, -1, 0}, "\"Af8A\""),
                Arguments.of(Size.class, Size.LARGE, "\"LARGE\""),
                Arguments.of(LocalDate.class, LocalDate.of(2026, 2, 28), "\"2026-02-28\""),
                Arguments.of(LocalDateTime.class, LocalDateTime.of(2026, 2, 28, 0, 0), "\"2026-02-28T00:00\""),
                Arguments.of(
                        Instant.class, Instant.ofEpochSecond(1, 999_999_999), "\"1970-01-01T00:00:01.999999999Z\""),
                Arguments.of(Duration.class, Duration.ofMinutes(90), "\"PT1H30M\""),
                Arguments.of(YearMonth.class, YearMonth.of(2026, 2), "\"2026-02\""),
                Arguments.of(ZoneId.class, ZoneId.of("Europe/Paris"), "\"Europe/Paris\""),
                Arguments.of(
                        ZonedDateTime.class,
                        ZonedDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneId.of("Europe/Paris")),
                        "\"2026-07-01T12:00+02:00[Europe/Paris]\""),
                Arguments.of(OptionalInt.class, OptionalInt.of(7), "7"),
                Arguments.of(OptionalInt.class, OptionalInt.empty(), "null"),
                Arguments.of(OptionalLong.class, OptionalLong.of(Long.MAX_VALUE), "\"9223372036854775807\""),
                Arguments.of(long[].class, new long[] {1, Long.MIN_VALUE}, "[1,\"-9223372036854775808\"]"),
                Arguments.of(
                        Line[][].class,
                        new Line[][] {{new Line("a", 1, BigDecimal.ONE)}, {}},
                        "[[{\"sku\":\"a\",\"count\":1,\"price\":\"1\"}],[]]"),
                Arguments.of(JsonValue.class, JsonValue.NULL, "null"),
                Arguments.of(
                        Tree.class,
                        new Tree("a", List.of(new Tree("b", null))),
                        "{\"name\":\"a\",\"children\":[{\"name\":\"b\"}]}"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void value_hasOneFormAndIsReadBack(Type type, Object value, String json) {
        JsonArray encoded = codec.encode(List.of(value), List.of(type));

        assertThat(encoded).isEqualTo(parse("[" + json + "]"));
        assertThat(codec.decode(encoded, List.of(type)).get(0)).isEqualTo(value);
    }

    static Stream<Arguments> generics() {
        Map<String, Line> withNull = new LinkedHashMap<>();
        withNull.put("none", null);
        return Stream.of(
                Arguments.of(0, List.of(LocalDate.of(2026, 1, 2))),
                Arguments.of(0, new ArrayList<>(Arrays.asList(LocalDate.EPOCH, null))),
                Arguments.of(1, Map.of("k", List.of(new Line("s", 2, new BigDecimal("3.50"))))),
                Arguments.of(2, Set.of(Size.SMALL, Size.LARGE)),
                Arguments.of(3, List.of(new Line("s", 2, null))),
                Arguments.of(4, List.of(Long.MAX_VALUE, 1L)),
                Arguments.of(7, new TreeMap<>(Map.of(LocalDate.EPOCH, BigDecimal.TEN))),
                Arguments.of(8, EnumSet.of(Size.LARGE)),
                Arguments.of(9, new EnumMap<>(Map.of(Size.LARGE, Long.MAX_VALUE))),
                Arguments.of(10, Optional.of(List.of(new Line("s", 2, null)))),
                Arguments.of(10, Optional.empty()),
                Arguments.of(11, Map.of(new UUID(3, 4), Long.MIN_VALUE)),
                Arguments.of(12, Map.of(Long.MAX_VALUE, Size.SMALL)),
                Arguments.of(13, new Pair<>("a", List.of(Long.MAX_VALUE))));
    }

    @ParameterizedTest
    @MethodSource("generics")
    void genericValue_isReadBack(int parameter, Object value) throws Exception {
        Type type = accepted(parameter);

        JsonArray encoded = codec.encode(List.of(value), List.of(type));

        assertThat(codec.decode(encoded, List.of(type)).get(0)).isEqualTo(value);
    }

    @Test
    void arraysOfGenerics_andQueues_areReadBack() throws Exception {
        Object[] lists = {List.of(new Line("s", 1, null)), List.of()};
        @SuppressWarnings("unchecked")
        List<Line>[] value = Arrays.copyOf(lists, 2, List[].class);
        List<Type> types = List.of(accepted(14), accepted(6), accepted(5));

        List<Object> read = codec.decode(
                codec.encode(List.of(value, new ArrayDeque<>(List.of(1, 2)), new ArrayDeque<>(List.of("a"))), types),
                types);

        assertThat((Object[]) read.get(0)).containsExactly(lists);
        assertThat(new ArrayList<Object>((ArrayDeque<?>) read.get(1))).containsExactly(1, 2);
        assertThat(new ArrayList<Object>((ArrayDeque<?>) read.get(2))).containsExactly("a");
    }

    @Test
    void numbersInsideOfRecords_areSafeForJavaScript() {
        Order order = new Order(
                new UUID(1, 2),
                Long.MAX_VALUE,
                null,
                List.of(new Line("s", 1, new BigDecimal("0.10"))),
                Map.of("d", List.of(LocalDate.EPOCH)),
                Optional.of(Size.LARGE),
                OptionalLong.of(Long.MIN_VALUE),
                Instant.EPOCH,
                1.2345678901234567E16);

        JsonArray encoded = codec.encode(List.of(order), List.of(Order.class));

        assertThat(encoded.toString())
                .contains(
                        "\"number\":\"9223372036854775807\"", "\"price\":\"0.10\"", "\"big\":\"-9223372036854775808\"")
                .doesNotContain("maybe");
        assertThat(codec.decode(encoded, List.of(Order.class))).containsExactly(order);
    }

    @Test
    void beans_areLeftToJsonb_withBigNumbersAsText() {
        Person person = new Person();
        person.setName("n");
        person.setNumber(Long.MAX_VALUE);
        person.setOther(MAX_SAFE);
        person.setAmount(new BigDecimal("12345678901234567890.10"));
        person.setHuge(BigInteger.TWO.pow(100));
        person.setWeight(1.2345678901234567E16);
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("none", null);
        counts.put("many", Long.MIN_VALUE);
        person.setCounts(counts);
        person.setSince(new Date(1_700_000_000_123L));

        JsonArray encoded = codec.encode(List.of(person), List.of(Person.class));

        assertThat(encoded.toString())
                .contains(
                        "\"number\":\"9223372036854775807\"",
                        "\"other\":9007199254740991",
                        "\"amount\":\"12345678901234567890.10\"",
                        "\"none\":null",
                        "\"many\":\"-9223372036854775808\"");
        assertThat(codec.decode(encoded, List.of(Person.class))).containsExactly(person);
    }

    @Test
    void classesWithAnnotationsOfJsonb_areTreatedAsTheySay() {
        List<Type> types = List.of(Renamed.class, Samples.Made.class, Samples.Animal.class, Samples.Guarded.class);
        Samples.Cat cat = new Samples.Cat();
        cat.name = "Tom";

        JsonArray encoded = codec.encode(
                List.of(new Renamed("x", Long.MAX_VALUE), new Samples.Made("m"), cat, Samples.Guarded.of(3)), types);
        List<Object> read = codec.decode(encoded, types);

        assertThat(encoded.getJsonObject(0).keySet()).containsExactlyInAnyOrder("n", "number");
        assertThat(read.get(0)).isEqualTo(new Renamed("x", Long.MAX_VALUE));
        assertThat(((Samples.Made) read.get(1)).getName()).isEqualTo("m");
        assertThat(((Samples.Cat) read.get(2)).name).isEqualTo("Tom");
        assertThat(((Samples.Guarded) read.get(3)).getX()).isEqualTo(3);
    }

    @Test
    void numbers_areReadFromEveryExactForm() {
        List<Type> types = List.of(long.class, Long.class, int.class, BigInteger.class, BigDecimal.class, double.class);

        List<Object> read =
                codec.decode(parse("[\"9223372036854775807\", 7.0, 1e3, 12345678901234567890, 0.10, 7]"), types);

        assertThat(read)
                .containsExactly(
                        Long.MAX_VALUE, 7L, 1000, new BigInteger("12345678901234567890"), new BigDecimal("0.10"), 7d);
    }

    @Test
    void withoutTypes_valuesAreWrittenByTheirClasses() {
        List<Object> values = Arrays.asList(
                null,
                Long.MAX_VALUE,
                List.of(new Line("s", 1, BigDecimal.ONE), Size.LARGE, Optional.of(7)),
                Map.of(Size.SMALL, ZoneOffset.UTC),
                Optional.empty(),
                new int[] {1});

        assertThat(codec.encode(values, List.of()))
                .isEqualTo(
                        parse("[null,\"9223372036854775807\",[{\"sku\":\"s\",\"count\":1,\"price\":\"1\"},\"LARGE\",7],"
                                + "{\"SMALL\":\"Z\"},null,[1]]"));
    }

    @Test
    void widerParameter_takesANarrowerNumber() {
        assertThat(codec.encode(List.of(7, 7), List.of(long.class, double.class)))
                .isEqualTo(parse("[7,7.0]"));
        assertThat(codec.encode(List.of(7L), List.of(int.class))).isEqualTo(parse("[7]"));
    }

    @Test
    void propertiesThatOneSideDoesNotHave_areDroppedOrEmpty() {
        Order read = (Order) codec.decode(parse("[{\"added\":[1],\"weight\":2}]"), List.of(Order.class))
                .get(0);

        assertThat(read)
                .isEqualTo(new Order(null, 0, null, null, null, Optional.empty(), OptionalLong.empty(), null, 2));
    }

    @Test
    void wrongCount_isRefused() {
        assertThatThrownBy(() -> codec.encode(List.of(1), List.of(int.class, int.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the job has 1 arguments, its method takes 2");
        assertThatThrownBy(() -> codec.decode(parse("[1,2]"), List.of(int.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the job has 2 arguments, its method takes 1");
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                Arguments.of(int.class, "3000000000", "a JSON number that java.lang.Integer cannot hold"),
                Arguments.of(int.class, "1.5", "a JSON number that java.lang.Integer cannot hold"),
                Arguments.of(int.class, "\"4\"", "a JSON string where java.lang.Integer is wanted"),
                Arguments.of(int.class, "null", "null where int is wanted"),
                Arguments.of(byte.class, "128", "a JSON number that java.lang.Byte cannot hold"),
                Arguments.of(long.class, "9223372036854775808", "a JSON number that java.lang.Long cannot hold"),
                Arguments.of(long.class, "1e400", "a JSON number that java.lang.Long cannot hold"),
                Arguments.of(long.class, "\"secret\"", "a JSON string that java.lang.Long cannot hold"),
                Arguments.of(BigInteger.class, "1e1000000", "a JSON number that java.math.BigInteger cannot hold"),
                Arguments.of(
                        BigInteger.class, "\"1e999999999\"", "a JSON string that java.math.BigInteger cannot hold"),
                Arguments.of(double.class, "1e999", "a JSON number that java.lang.Double cannot hold"),
                Arguments.of(String.class, "7", "a JSON number where java.lang.String is wanted"),
                Arguments.of(boolean.class, "\"true\"", "a JSON string where boolean is wanted"),
                Arguments.of(char.class, "\"secret\"", "text that is not a java.lang.Character"),
                Arguments.of(UUID.class, "\"1-1-1-1-1\"", "text that is not a java.util.UUID"),
                Arguments.of(byte[].class, "\"*secret*\"", "text that is not a [B"),
                Arguments.of(LocalDate.class, "\"secret\"", "text that is not a java.time.LocalDate"),
                Arguments.of(Size.class, "\"secret\"", "a name that io.goose.engine.codec.Samples$Size does not have"),
                Arguments.of(Line.class, "{\"count\":\"secret\"}", "at .count: a JSON string where java.lang.Integer"),
                Arguments.of(Line.class, "[]", "a JSON array where io.goose.engine.codec.Samples$Line is wanted"),
                Arguments.of(
                        Tree.class,
                        "{\"children\":[{},{\"children\":[7]}]}",
                        "at .children[1].children[0]: a JSON number"),
                Arguments.of(Checked.class, "{\"value\":-1}", "refused the components"),
                Arguments.of(Person.class, "{\"number\":\"secret\"}", "JSON-B cannot read"),
                Arguments.of(Person.class, "[]", "JSON-B cannot read"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void jsonThatDoesNotFit_isRefusedWithPositionAndTypeAndWithoutTheValue(Type type, String json, String problem) {
        assertThatThrownBy(() -> codec.decode(parse("[0," + json + "]"), List.of(int.class, type)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot decode argument 2 (" + type.getTypeName() + ")")
                .hasMessageContaining(problem)
                .hasMessageNotContaining("secret")
                .satisfies(thrown -> {
                    for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
                        assertThat(String.valueOf(cause.getMessage())).doesNotContain("secret");
                    }
                });
    }

    static Stream<Arguments> unwritable() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        Map<String, Object> twice = new LinkedHashMap<>();
        twice.put(null, 1);
        return Stream.of(
                Arguments.of(double.class, Double.NaN, "NaN and Infinity"),
                Arguments.of(Float.class, Float.POSITIVE_INFINITY, "NaN and Infinity"),
                Arguments.of(double[].class, new double[] {0, Double.NEGATIVE_INFINITY}, "at [1]: NaN and Infinity"),
                Arguments.of(int.class, null, "null where int is wanted"),
                Arguments.of(int.class, 3_000_000_000L, "a java.lang.Long that java.lang.Integer cannot hold"),
                Arguments.of(String.class, 7, "a java.lang.Integer where java.lang.String is wanted"),
                Arguments.of(Line.class, "x", "a java.lang.String where io.goose.engine.codec.Samples$Line is wanted"),
                Arguments.of(null, endless, "contains itself"),
                Arguments.of(null, twice, "a null key"),
                Arguments.of(null, new Thread(), "belongs to this JVM"),
                Arguments.of(null, Map.of(1, List.of(new Object())), "java.lang.Object does not say what to read"));
    }

    @ParameterizedTest
    @MethodSource("unwritable")
    void valueThatCannotTravel_isRefusedAtEnqueue(Type type, Object value, String problem) {
        assertThatThrownBy(() -> codec.encode(Arrays.asList(value), type == null ? List.of() : List.of(type)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot encode argument 1 (")
                .hasMessageContaining(problem);
    }

    @Test
    void closedCodec_saysSoWhereJsonbIsNeeded() {
        codec.close();
        codec.close();

        assertThatThrownBy(() -> codec.encode(List.of(new Person()), List.of(Person.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the codec is closed");
    }

    private static Type accepted(int parameter) throws Exception {
        return Samples.Accepted.class.getDeclaredMethods()[0].getGenericParameterTypes()[parameter];
    }

    private static JsonArray parse(String json) {
        return Json.createReader(new StringReader(json)).readArray();
    }
}
