package io.goose.broker.jdbc;

import io.goose.spi.Lease;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session knows of its settles: which were not answered, and the first answers of those that were asked for in parts.
 * Used by the settling thread alone.
 */
final class SettleMemory {

    private static final int MOST_KNOWN = 10_000;

    private final List<Settle> unanswered = new ArrayList<>();
    private final Map<Key, Verdict> known = new LinkedHashMap<>();
    private long number;
    private List<Long> over = List.of();

    /** A lease, whatever its job says by now. */
    record Key(String queue, String id, long token) {
        static Key of(Lease lease) {
            return new Key(lease.job().queue(), lease.job().id().value(), lease.token());
        }
    }

    /**
     * One settle.
     *
     * @param number which of the session's
     * @param forget those before whose answers need not be kept any longer
     */
    record Settle(Standing standing, long number, List<Long> forget, List<Settlement> settlements) {}

    /** The next settle. */
    Settle begin(Standing standing, List<Settlement> settlements) {
        return new Settle(standing, ++number, over, List.copyOf(settlements));
    }

    /** Those whose answers did not arrive. */
    List<Settle> unanswered() {
        return List.copyOf(unanswered);
    }

    void noteUnanswered(Settle settle) {
        unanswered.add(settle);
    }

    /** It was answered, and with it is known what became of the unanswered ones. */
    void noteAnswered(Settle settle, Map<Key, Verdict> firstAnswers) {
        unanswered.add(settle);
        over = unanswered.stream().map(Settle::number).toList();
        unanswered.clear();
        if (known.size() > MOST_KNOWN) {
            known.clear(); // nobody asked for them again
        }
        known.putAll(firstAnswers);
    }

    /** The first answer for a lease, if it is remembered; it is not remembered any longer. */
    @Nullable Verdict takeKnown(Lease lease) {
        return known.isEmpty() ? null : known.remove(Key.of(lease));
    }

    /** By lease, what the answers of a settle were. */
    static Map<Key, Verdict> answers(List<Settlement> settlements, String text) {
        Map<Key, Verdict> answers = new HashMap<>();
        for (int i = 0; i < settlements.size() && i < text.length(); i++) {
            Verdict verdict = text.charAt(i) == 'A' ? Verdict.APPLIED : Verdict.STALE;
            answers.putIfAbsent(Key.of(settlements.get(i).lease()), verdict);
        }
        return answers;
    }

    /** The answers as they are kept. */
    static String text(List<Verdict> verdicts) {
        StringBuilder text = new StringBuilder(verdicts.size());
        verdicts.forEach(verdict -> text.append(verdict == Verdict.APPLIED ? 'A' : 'S'));
        return text.toString();
    }
}
