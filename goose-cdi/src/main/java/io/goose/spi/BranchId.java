package io.goose.spi;

import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.transaction.xa.Xid;

/**
 * The name of one broker's part in a distributed transaction. Immutable.
 *
 * @param formatId which kind of transaction manager named it
 * @param global the transaction, in hexadecimal digits
 * @param qualifier the part of it, in hexadecimal digits
 * @since 0.1
 */
public record BranchId(int formatId, String global, String qualifier) {

    private static final Pattern TEXT = Pattern.compile("(-?\\d{1,11})-([0-9a-f]*)-([0-9a-f]*)");

    public BranchId {
        Objects.requireNonNull(global, "global");
        Objects.requireNonNull(qualifier, "qualifier");
    }

    /** The name as a transaction manager gives it. */
    public static BranchId of(Xid xid) {
        HexFormat hex = HexFormat.of();
        return new BranchId(
                xid.getFormatId(),
                hex.formatHex(xid.getGlobalTransactionId()),
                hex.formatHex(xid.getBranchQualifier()));
    }

    /** Reads what {@link #toString} wrote; empty if it is something else. */
    public static Optional<BranchId> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        try {
            return matcher.matches()
                    ? Optional.of(new BranchId(Integer.parseInt(matcher.group(1)), matcher.group(2), matcher.group(3)))
                    : Optional.empty();
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    /** The name as a transaction manager takes it. */
    public Xid toXid() {
        return new Name(
                formatId, HexFormat.of().parseHex(global), HexFormat.of().parseHex(qualifier));
    }

    /** Without white space, for people and for storage. */
    @Override
    public String toString() {
        return formatId + "-" + global + '-' + qualifier;
    }

    /** Its arrays are nobody else's. */
    private static final class Name implements Xid {
        private final int formatId;
        private final byte[] global;
        private final byte[] qualifier;

        Name(int formatId, byte[] global, byte[] qualifier) {
            this.formatId = formatId;
            this.global = global;
            this.qualifier = qualifier;
        }

        @Override
        public int getFormatId() {
            return formatId;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return global.clone();
        }

        @Override
        public byte[] getBranchQualifier() {
            return qualifier.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Xid that && BranchId.of(this).equals(BranchId.of(that));
        }

        @Override
        public int hashCode() {
            return BranchId.of(this).hashCode();
        }

        @Override
        public String toString() {
            return BranchId.of(this).toString();
        }
    }
}
