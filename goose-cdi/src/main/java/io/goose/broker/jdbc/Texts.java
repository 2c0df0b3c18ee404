package io.goose.broker.jdbc;

import io.goose.spi.SessionSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Text of any length and kind, from strangers' envelopes and exceptions, made fit for a column: PostgreSQL takes no NUL, no
 * database takes half a surrogate pair. What could not be written would fail the settle of its neighbours, again and again.
 */
final class Texts {

    private static final int LONGEST_NEED = 400;
    private static final int KEPT_OF_A_NEED = 330;
    private static final int LONGEST_NOTE = 2000;
    private static final char REPLACEMENT = '\uFFFD';

    private Texts() {}

    /** The text with what cannot be stored replaced. */
    static String clean(String text) {
        if (text.chars().allMatch(c -> c != 0 && !Character.isSurrogate((char) c))) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            boolean bad = point == 0 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
            clean.appendCodePoint(bad ? REPLACEMENT : point);
        });
        return clean.toString();
    }

    /** A reason, cut to its column. */
    static @Nullable String note(@Nullable String note) {
        if (note == null) {
            return null;
        }
        return clean(note.length() > LONGEST_NOTE ? note.substring(0, LONGEST_NOTE) : note);
    }

    /** A host's name, cut to its column. */
    static String host(String host) {
        return clean(host.length() > 200 ? host.substring(0, 200) : host);
    }

    /**
     * What is stored for a need: itself, or as much as fits and a digest, so that two needs stay two. One of several parts is
     * stored so that {@link #isMetBy} can tell the parts, unless they are more than six and long.
     */
    static String need(String need) {
        List<String> parts = parts(need);
        if (parts.size() == 1) {
            return single(need);
        }
        String all = parts.stream().map(Texts::single).collect(Collectors.joining(" "));
        if (all.length() <= LONGEST_NEED) {
            return all;
        }
        String digests = parts.stream().map(Texts::brief).collect(Collectors.joining(" "));
        return digests.length() <= LONGEST_NEED ? digests : brief(need);
    }

    /** The announcements that make up a need; see {@link SessionSpec#canRun}. */
    static List<String> parts(String need) {
        List<String> parts = List.of(need.split(" ", -1));
        return parts.contains("") ? List.of(need) : parts;
    }

    /** Whether who announced this has all parts of a need that is stored so. */
    static boolean isMetBy(Set<String> announced, String stored) {
        Set<String> known = new HashSet<>();
        for (String one : announced) {
            known.add(single(one));
            known.add(brief(one));
        }
        return known.containsAll(parts(stored));
    }

    private static String single(String need) {
        String clean = clean(need);
        if (clean.equals(need) && need.length() <= LONGEST_NEED && need.strip().equals(need)) {
            return need;
        }
        String kept = clean.length() > KEPT_OF_A_NEED ? clean(clean.substring(0, KEPT_OF_A_NEED)) : clean;
        return kept + "#" + digest(need);
    }

    static Set<String> needs(Set<String> needs) {
        return needs.stream().map(Texts::need).collect(Collectors.toUnmodifiableSet());
    }

    private static String brief(String need) {
        return "#" + digest(need);
    }

    private static String digest(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            // UTF-16, for UTF-8 gives all half surrogate pairs the same byte
            return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_16BE)));
        } catch (NoSuchAlgorithmException impossible) { // every Java has it
            throw new IllegalStateException(impossible);
        }
    }
}
