package io.goose.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What holds for all arguments, on random ones with fixed seeds. */
class ArgumentPropertiesTest {

    private static final JsonProvider JSON = JsonProvider.provider();
    private static final JsonbArgumentCodec CODEC = new JsonbArgumentCodec();
    private static final String[] NAMES = {
        "sku", "count", "price", "id", "number", "lines", "days", "name", "children", "value", "first", "weight"
    };
    private static final String[] TEXTS = {
        "", "1", "-1", "1e400", "NaN", "SMALL", "2026-01-02", "PT1S", "Af8A", "x\ud800"
    };

    @AfterAll
    static void close() {
        CODEC.close();
    }

    @Test
    void everyOrder_isReadBackAsItWas() {
        Random random = new Random(11);
        List<Type> types = List.of(Samples.Order.class);
        for (int i = 0; i < 3_000; i++) {
            Samples.Order order = order(random);
            assertThat(CODEC.decode(CODEC.encode(List.of(order), types), types)).containsExactly(order);
        }
    }

    @Test
    void everyJson_isReadOrRefused_neverAnythingElse() {
        Random random = new Random(12);
        List<Type> types = readable();
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 40_000; i++) {
            Type type = types.get(random.nextInt(types.size()));
            JsonArray arguments =
                    JSON.createArrayBuilder().add(value(random, 0)).build();
            try {
                CODEC.decode(arguments, List.of(type)); // anything but IllegalArgumentException ends the test
                read++;
            } catch (IllegalArgumentException expected) {
                refused++;
                assertThat(expected).hasMessageStartingWith("cannot decode argument 1 (" + type.getTypeName() + ")");
            }
        }
        assertThat(read).isGreaterThan(2_000);
        assertThat(refused).isGreaterThan(2_000);
    }

    private static List<Type> readable() {
        List<Type> types = new ArrayList<>(List.of(
                int.class,
                Long.class,
                short.class,
                double.class,
                Float.class,
                BigInteger.class,
                BigDecimal.class,
                boolean.class,
                char.class,
                String.class,
                UUID.class,
                byte[].class,
                Instant.class,
                Samples.Size.class,
                Samples.Order.class,
                Samples.Tree.class,
                Samples.Checked.class,
                Samples.Person.class,
                Samples.Made.class));
        Type[] generic = Samples.Accepted.class.getDeclaredMethods()[0].getGenericParameterTypes();
        types.addAll(Arrays.asList(generic).subList(0, 22));
        return types;
    }

    private static Samples.Order order(Random random) {
        List<Samples.Line> lines = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            lines.add(new Samples.Line(
                    TEXTS[random.nextInt(TEXTS.length)],
                    random.nextInt(),
                    new BigDecimal(new BigInteger(random.nextInt(100), random), random.nextInt(60) - 30)));
        }
        Map<String, List<LocalDate>> days = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            days.put(TEXTS[random.nextInt(TEXTS.length)], Arrays.asList(LocalDate.ofEpochDay(random.nextInt()), null));
        }
        return new Samples.Order(
                new UUID(random.nextLong(), random.nextLong()),
                random.nextLong(),
                random.nextBoolean() ? null : random.nextLong() >> random.nextInt(64),
                lines,
                days,
                random.nextBoolean() ? Optional.empty() : Optional.of(Samples.Size.LARGE),
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong()),
                Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)),
                random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300));
    }

    private static JsonValue value(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 8 : 12)) {
            case 0 -> JsonValue.NULL;
            case 1 -> JsonValue.TRUE;
            case 2 -> JsonValue.FALSE;
            case 3 -> JSON.createValue(random.nextInt(300) - 150);
            case 4 -> JSON.createValue(random.nextLong());
            case 5 -> JSON.createValue(random.nextGaussian());
            case 6 -> JSON.createValue(new BigDecimal(BigInteger.valueOf(random.nextLong()), exponent(random)));
            case 7 -> JSON.createValue(TEXTS[random.nextInt(TEXTS.length)]);
            case 8, 9 -> {
                JsonArrayBuilder array = JSON.createArrayBuilder();
                for (int i = random.nextInt(3); i > 0; i--) {
                    array.add(value(random, depth + 1));
                }
                yield array.build();
            }
            default -> {
                JsonObjectBuilder object = JSON.createObjectBuilder();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.add(NAMES[random.nextInt(NAMES.length)], value(random, depth + 1));
                }
                yield object.build();
            }
        };
    }

    /** Mostly harmless; now and then one that would fill the heap if it were written out. */
    private static int exponent(Random random) {
        return random.nextInt(10) == 0 ? random.nextInt() : random.nextInt(40) - 20;
    }
}
