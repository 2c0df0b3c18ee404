package io.goose.broker.jdbc;

import io.goose.job.BatchId;
import io.goose.spi.MemberMark;
import io.goose.spi.MemberState;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The members of one batch, two bytes for each, as one transaction sees and changes them. Confined to that transaction. */
final class BatchMembers {

    private static final int CHUNK = 512; // members in a row

    private final Statements statements;
    private final BatchId id;
    private final Map<Integer, byte[]> chunks = new TreeMap<>();

    BatchMembers(Statements statements, BatchId id) {
        this.statements = statements;
        this.id = id;
    }

    /** What a member has become. */
    MemberState state(int index) throws SQLException {
        return MemberMark.state(stored(chunk(index, false), at(index)));
    }

    /** Marks a member of a batch that this transaction has locked; returns whether it was news. */
    boolean mark(BatchRow batch, MemberMark mark) throws SQLException {
        if (mark.index() >= batch.total) {
            return false;
        }
        byte[] states = chunk(mark.index(), true);
        int at = at(mark.index());
        int stored = stored(states, at);
        if (!mark.follows(stored)) {
            return false;
        }
        states[at] = (byte) (mark.stored() >>> 8);
        states[at + 1] = (byte) mark.stored();
        batch.count(MemberMark.state(stored), mark.state());
        return true;
    }

    /** Writes what was looked at. */
    void store() throws SQLException {
        for (Map.Entry<Integer, byte[]> chunk : chunks.entrySet()) {
            statements.update(
                    "UPDATE {batch_member} SET states = ? WHERE batch = ? AND chunk = ?",
                    chunk.getValue(),
                    id.value(),
                    chunk.getKey());
        }
    }

    private static int at(int index) {
        return 2 * (index % CHUNK);
    }

    private static int stored(byte[] states, int at) {
        return ((states[at] & 0xFF) << 8) | (states[at + 1] & 0xFF);
    }

    /** The row in which a member is, made if need be. */
    private byte[] chunk(int index, boolean forChange) throws SQLException {
        int number = index / CHUNK;
        byte[] known = chunks.get(number);
        if (known != null) {
            return known;
        }
        Optional<byte[]> there = statements.first(
                "SELECT states FROM {batch_member} WHERE batch = ? AND chunk = ?",
                row -> row.getBytes(1),
                id.value(),
                number);
        byte[] states = there.orElseGet(() -> new byte[2 * CHUNK]);
        if (there.isEmpty() && forChange) {
            statements.update(
                    "INSERT INTO {batch_member} (batch, chunk, states) VALUES (?, ?, ?)", id.value(), number, states);
        }
        chunks.put(number, states);
        return states;
    }
}
