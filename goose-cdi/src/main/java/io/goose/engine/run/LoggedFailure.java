package io.goose.engine.run;

import io.goose.engine.handler.JobDefinition;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a log may be told of the failure of a run: arguments only where that is wanted, and never those that are sensitive; and throwables
 * whose messages do not quote the others. Thread-safe.
 */
final class LoggedFailure {

    private static final String MASK = "***";
    private static final int LONGEST_ARGUMENT = 200;
    private static final int SHORT = 4; // what is shorter is masked as a word only, or nothing would be left of a text
    private static final int MOST_TEXTS = 1_000;
    private static final int DEEPEST = 20;

    private final boolean arguments;

    /**
     * @param arguments whether arguments are logged, {@code goose.log.arguments}
     */
    LoggedFailure(boolean arguments) {
        this.arguments = arguments;
    }

    /** What is said of the arguments behind the name of a job; usually nothing. */
    String shown(JobDefinition job, Attempt attempt) {
        if (!arguments) {
            return "";
        }
        List<String> shown = new ArrayList<>();
        JsonArray values = attempt.envelope().args();
        for (int i = 0; i < values.size(); i++) {
            String text = job.settings().sensitive().contains(i) ? MASK : String.valueOf(values.get(i));
            shown.add(text.length() > LONGEST_ARGUMENT ? text.substring(0, LONGEST_ARGUMENT) + "…" : text);
        }
        return " with " + shown;
    }

    /** The failure, or a likeness of it that quotes no argument. Never fails. */
    Throwable masked(JobDefinition job, Attempt attempt, Throwable failure) {
        try {
            List<String> hidden = hidden(job, attempt.envelope().args());
            if (hidden.isEmpty()) {
                return failure;
            }
            Copying copying = new Copying(hidden);
            Throwable copy = copying.copy(failure, 0);
            return copy == null || !copying.quotes ? failure : copy;
        } catch (Throwable unreadable) { // of its own methods
            return new Likeness(failure.getClass().getName() + ": " + MASK, null, stack(failure));
        }
    }

    private static StackTraceElement[] stack(Throwable of) {
        try {
            return of.getStackTrace().clone();
        } catch (Throwable unreadable) { // it says nothing of itself at all
            return new StackTraceElement[0];
        }
    }

    /** The texts of the arguments that must not be seen, the longest first: one may be a part of another. */
    private List<String> hidden(JobDefinition job, JsonArray values) {
        List<String> texts = new ArrayList<>();
        if (JobDefinition.isOwn(job.name())) {
            return texts; // ids, by which what went wrong is found
        }
        for (int i = 0; i < values.size(); i++) {
            if (!arguments || job.settings().sensitive().contains(i)) {
                collect(values.get(i), texts);
                if (i < job.parameters().size() && isMap(job.parameters().get(i))) {
                    collectKeys(values.get(i), texts);
                }
            }
        }
        texts.sort(Comparator.comparingInt(String::length).reversed());
        return texts;
    }

    private static boolean isMap(Type parameter) {
        Type raw = parameter instanceof ParameterizedType generic ? generic.getRawType() : parameter;
        return raw instanceof Class<?> type && Map.class.isAssignableFrom(type);
    }

    /** Of a map only: those of other objects are names of properties, which are no secret and would hide much of a text. */
    private static void collectKeys(JsonValue map, List<String> texts) {
        if (map.getValueType() == JsonValue.ValueType.OBJECT) {
            map.asJsonObject().keySet().stream().filter(key -> !key.isBlank()).forEach(texts::add);
        }
    }

    private static void collect(JsonValue value, List<String> texts) {
        if (value instanceof JsonString string) {
            if (!string.getString().isBlank()) {
                texts.add(string.getString());
            }
        } else if (value instanceof JsonNumber) {
            texts.add(value.toString());
        } else if (value instanceof JsonArray array) {
            array.forEach(each -> collect(each, texts));
        } else if (value.getValueType() == JsonValue.ValueType.OBJECT) {
            value.asJsonObject().values().forEach(each -> collect(each, texts));
        }
    }

    /** Copies one failure with its causes. */
    private static final class Copying {
        private final List<String> hidden;
        private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        private boolean quotes; // whether anything was found

        Copying(List<String> hidden) {
            this.hidden = hidden;
        }

        private @Nullable Throwable copy(@Nullable Throwable of, int depth) {
            if (of == null || !seen.add(of)) {
                return null;
            }
            if (depth > DEEPEST) {
                quotes = true; // it may, and nobody looks
                return new Likeness(of.getClass().getName() + ": " + MASK, null, stack(of));
            }
            Likeness copy = new Likeness(text(of), copy(of.getCause(), depth + 1), of.getStackTrace());
            for (Throwable suppressed : of.getSuppressed()) {
                Throwable other = copy(suppressed, depth + 1);
                if (other != null) {
                    copy.addSuppressed(other);
                }
            }
            return copy;
        }

        private String text(Throwable of) {
            String all = of.toString();
            String type = of.getClass().getName();
            String message = all.startsWith(type) ? all.substring(type.length()) : all;
            String safe = hidden.size() > MOST_TEXTS ? ": " + MASK : masked(message);
            quotes |= !safe.equals(message);
            return all.startsWith(type) ? type + safe : safe;
        }

        private String masked(String message) {
            String text = message;
            for (String each : hidden) {
                text = each.length() < SHORT ? withoutWord(text, each) : text.replace(each, MASK);
            }
            return text;
        }

        private static String withoutWord(String text, String word) {
            StringBuilder safe = new StringBuilder(text.length());
            int from = 0;
            for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
                int end = at + word.length();
                boolean alone = at >= from
                        && (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
                        && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)));
                if (alone) {
                    safe.append(text, from, at).append(MASK);
                    from = end;
                }
            }
            return safe.append(text, from, text.length()).toString();
        }
    }

    /** Is printed like the throwable that it stands for. */
    @SuppressWarnings(
            "OverrideThrowableToString") // the name of this class must not stand before the text: it is that of another
    private static final class Likeness extends Throwable {
        private static final long serialVersionUID = 1L;

        Likeness(String text, @Nullable Throwable cause, StackTraceElement[] stack) {
            super(text, cause, true, true);
            setStackTrace(stack);
        }

        @Override
        public String toString() {
            return String.valueOf(getMessage());
        }
    }
}
