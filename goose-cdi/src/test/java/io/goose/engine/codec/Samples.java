package io.goose.engine.codec;

import jakarta.json.JsonObject;
import jakarta.json.bind.annotation.JsonbCreator;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.json.bind.annotation.JsonbSubtype;
import jakarta.json.bind.annotation.JsonbTypeInfo;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Date;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Consumer;

/** Parameter types as job methods declare them. */
final class Samples {

    private Samples() {}

    enum Size {
        SMALL,
        LARGE {
            @Override
            boolean big() {
                return true;
            }
        };

        boolean big() {
            return false;
        }
    }

    record Line(String sku, int count, BigDecimal price) {}

    record Order(
            UUID id,
            long number,
            Long maybe,
            List<Line> lines,
            Map<String, List<LocalDate>> days,
            Optional<Size> size,
            OptionalLong big,
            Instant at,
            double weight) {}

    record Tree(String name, List<Tree> children) {}

    record Pair<A, B>(A first, B second) {}

    record Checked(int value) {
        Checked {
            if (value < 0) {
                throw new IllegalArgumentException("secret " + value);
            }
        }
    }

    public record Renamed(@JsonbProperty("n") String name, long number) {}

    record HiddenRenamed(@JsonbProperty("n") String name) {}

    public static class Person {
        private String name;
        private long number;
        private Long other;
        private BigDecimal amount;
        private BigInteger huge;
        private double weight;
        private Map<String, Long> counts;
        private Date since;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public long getNumber() {
            return number;
        }

        public void setNumber(long number) {
            this.number = number;
        }

        public Long getOther() {
            return other;
        }

        public void setOther(Long other) {
            this.other = other;
        }

        public BigDecimal getAmount() {
            return amount;
        }

        public void setAmount(BigDecimal amount) {
            this.amount = amount;
        }

        public BigInteger getHuge() {
            return huge;
        }

        public void setHuge(BigInteger huge) {
            this.huge = huge;
        }

        public double getWeight() {
            return weight;
        }

        public void setWeight(double weight) {
            this.weight = weight;
        }

        public Map<String, Long> getCounts() {
            return counts;
        }

        public void setCounts(Map<String, Long> counts) {
            this.counts = counts;
        }

        public Date getSince() {
            return since;
        }

        public void setSince(Date since) {
            this.since = since;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Person p
                    && Objects.equals(name, p.name)
                    && number == p.number
                    && Objects.equals(other, p.other)
                    && Objects.equals(amount, p.amount)
                    && Objects.equals(huge, p.huge)
                    && weight == p.weight
                    && Objects.equals(counts, p.counts)
                    && Objects.equals(since, p.since);
        }

        @Override
        public int hashCode() {
            return Objects.hash(name, number);
        }
    }

    public static class Made {
        private final String name;

        @JsonbCreator
        public Made(@JsonbProperty("name") String name) {
            this.name = name;
        }

        public String getName() {
            return name;
        }
    }

    public static class Guarded {
        private int x;

        protected Guarded() {}

        public static Guarded of(int x) {
            Guarded made = new Guarded();
            made.x = x;
            return made;
        }

        public int getX() {
            return x;
        }

        public void setX(int x) {
            this.x = x;
        }
    }

    @JsonbTypeInfo({@JsonbSubtype(alias = "cat", type = Cat.class)})
    public interface Animal {}

    public static class Cat implements Animal {
        public String name;
    }

    public static class Empty {}

    public static class ReadOnly {
        public String getName() {
            return "x";
        }
    }

    public static class NoConstructor {
        public String name;

        public NoConstructor(String name) {
            this.name = name;
        }
    }

    static class Hidden {
        public String name;
    }

    public static class HoldsStream {
        public InputStream in;
        public String name;
    }

    public static class HoldsHiddenRecord {
        public Line line;
    }

    public static class HoldsMonth {
        public YearMonth month;
    }

    public class Inner {
        public String name;
    }

    public interface Named {
        String name();
    }

    /** One parameter per accepted type, in this order in {@code AcceptedTypesTest}. */
    interface Accepted {
        void accept(
                List<LocalDate> p0,
                Map<String, List<Line>> p1,
                Set<Size> p2,
                Collection<? extends Line> p3,
                Iterable<Long> p4,
                Queue<String> p5,
                Deque<Integer> p6,
                SortedMap<LocalDate, BigDecimal> p7,
                EnumSet<Size> p8,
                EnumMap<Size, Long> p9,
                Optional<List<Line>> p10,
                Map<UUID, Long> p11,
                Map<Long, Size> p12,
                Pair<String, List<Long>> p13,
                List<Line>[] p14,
                long[] p15,
                Line[][] p16,
                OptionalInt p17,
                ZonedDateTime p18,
                Duration p19,
                JsonObject p20,
                ArrayDeque<Long> p21,
                Comparable<String>[] p22);
    }

    /** One parameter per refused generic type. */
    interface Refusing<T> {
        void refuse(
                List<?> p0,
                List<Object> p1,
                T p2,
                @SuppressWarnings("rawtypes") List p3,
                Map<Line, String> p4,
                Consumer<String> p5,
                List<InputStream> p6,
                Map<String, Thread> p7,
                @SuppressWarnings("rawtypes") Pair p8,
                Pair<String, Object> p9);
    }
}
