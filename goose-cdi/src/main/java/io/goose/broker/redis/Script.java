package io.goose.broker.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scripts, one for each step that must happen whole or not at all. Their files say what they do. Immutable. */
final class Script {

    private static final String KEYS_LINE = "-- keys: ";
    private static final String FUNCTION = "function ";

    static final Script ENQUEUE = alone("enqueue.v1", List.of("body", "rec", "back", "front", "due", "in", "idle"));
    static final Script ENQUEUE_ONE = alone("enqueue-one", List.of("body", "back", "idle"));
    static final Script NOTE = new Script("note");
    static final Script OPEN = new Script("open");
    static final Script BEAT = new Script("beat");
    static final Script CLOSE = new Script("close");
    static final Script CLAIM = new Script(keysOf("claim"), List.of("shared", "claim/shared", "claim"));
    static final Script DONE = new Script("done");
    static final Script SETTLE = new Script(
            keysOf("settle"), List.of("shared", "limits/permits", "unique/shared", "result/shared", "settle"));
    static final Script LOOK = new Script("look");
    static final Script EVICT = new Script("evict");
    static final Script RESCUE = withPermits("rescue");
    static final Script ADOPT = new Script("adopt");
    static final Script TIDY = new Script("tidy");
    static final Script REROUTE = new Script("reroute");
    static final Script EFFECTS = new Script("effects");
    static final Script PAUSE = new Script("pause");
    static final Script FIND = new Script("find");
    static final Script CANCEL = withPermits("cancel");
    static final Script STATS = new Script("stats");

    static final Script UNIQUE_ENQUEUE = new Script("unique/enqueue");
    static final Script UNIQUE_RELEASE =
            new Script(keysOf("unique/release"), List.of("shared", "unique/shared", "unique/release"));
    static final Script RESULT_PUT = new Script(keysOf("result/put"), List.of("shared", "result/shared", "result/put"));
    static final Script RESULT_FIND = new Script("result/find");
    static final Script UNIQUE_TIDY = new Script("unique/tidy");

    static final Script LIMIT_CLAIM =
            new Script(keysOf("limits/claim"), List.of("shared", "limits/permits", "claim/shared", "limits/claim"));
    static final Script LIMIT_PUT = withPermits("limits/put");

    static final Script HOUSE_DELETE = ofHousekeeping("delete");
    static final Script HOUSE_PRIORITISE = ofHousekeeping("prioritise");
    static final Script HOUSE_REPLAY = ofHousekeeping("replay");
    static final Script HOUSE_PURGE = ofHousekeeping("purge");
    static final Script CRON_APPLY = new Script(keysOf("cron/own"), List.of("shared", "cron/own", "cron/apply"));
    static final Script CRON_DUE = new Script("cron/due");
    static final Script CRON_FIND = new Script("cron/find");
    static final Script CRON_ARRIVE = new Script("cron/arrive");
    static final Script CRON_REMOVE = new Script("cron/remove");
    static final Script CRON_HOME = new Script("cron/home");
    static final Script LEDGER_CRON_APPLY = new Script(
            Stream.concat(keysOf("ledger/shared").stream(), keysOf("cron/due").stream())
                    .toList(),
            List.of("shared", "ledger/shared", "cron/kept", "cron/apply"));

    static final Script LEDGER_UNIQUE = new Script(
            Stream.concat(keysOf("ledger/shared").stream(), keysOf("ledger/unique").stream())
                    .toList(),
            List.of("shared", "ledger/shared", "ledger/unique"));

    static final Script BATCH_ADD = ofBatches("add");
    static final Script BATCH_MARK = ofBatches("mark");
    static final Script BATCH_CANCEL = ofBatches("cancel");

    static final Script LEDGER_BATCH_ADD = ofBatchesInLedgers("add");
    static final Script LEDGER_BATCH_MARK = ofBatchesInLedgers("mark");
    static final Script LEDGER_BATCH_CANCEL = ofBatchesInLedgers("cancel");

    static final Script LEDGER_KEEP = ofLedgers("keep");
    static final Script LEDGER_MAY = ofLedgers("may");
    static final Script LEDGER_ENTER = ofLedgers("enter");
    static final Script LEDGER_TAKE = ofLedgers("take");
    static final Script LEDGER_TOLD = ofLedgers("told");
    static final Script LEDGER_BEGIN = ofLedgers("begin");
    static final Script LEDGER_BACK = ofLedgers("back");
    static final Script LEDGER_SETTLE = ofLedgers("settle");
    static final Script LEDGER_FIND = ofLedgers("find");
    static final Script LEDGER_FORGET = ofLedgers("forget");
    static final Script LEDGER_DELETE = ofLedgers("delete");
    static final Script LEDGER_PRIORITISE = ofLedgers("prioritise");
    static final Script LEDGER_REPLAY = ofLedgers("replay");
    static final Script LEDGER_RECALL = ofLedgers("recall");
    static final Script LEDGER_PURGE = ofLedgers("purge");
    static final Script LEDGER_STATS = ofLedgers("stats");
    static final Script LEDGER_PAUSE = ofLedgers("pause");
    static final Script LEDGER_TIDY = ofLedgers("tidy");

    static final Script BRANCH_NOTE = new Script("xa/note");
    static final Script BRANCH_DECIDE = new Script("xa/decide");
    static final Script BRANCH_PREPARE = new Script("xa/prepare");
    static final Script BRANCH_COMMIT = ofBranches(
            Stream.concat(Stream.concat(ENQUEUE.keys.stream(), Stream.of("in")), SETTLE.keys.stream())
                    .toList(),
            "xa/shared",
            function("enqueue", "enqueue.v1"),
            function("settle", "settle"),
            "xa/commit");
    static final Script BRANCH_ROLLBACK =
            ofBranches(SETTLE.keys, "xa/shared", function("settle", "settle"), "xa/rollback");

    private final List<String> keys;
    private final byte[] text;
    private final byte[] sha;

    /** A script whose text stands alone: a published one, or one that has to be short. */
    private static Script alone(String file, List<String> keys) {
        return new Script(keys, List.of(file));
    }

    /** A script of our own: its first line lists its fixed keys, and it uses what {@code shared.lua} has. */
    private Script(String file) {
        this(keysOf(file), List.of("shared", file));
    }

    /** The same with what it needs to know of limits. */
    private static Script withPermits(String file) {
        return new Script(keysOf(file), List.of("shared", "limits/permits", file));
    }

    private Script(List<String> keys, List<String> files) {
        this.keys = keys;
        this.text =
                files.stream().map(Script::text).collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8);
        this.sha = sha1(text);
    }

    /** A script of the ledgers for others, which pass the same keys to all of theirs. */
    private static Script ofLedgers(String file) {
        return new Script(keysOf("ledger/shared"), List.of("shared", "ledger/shared", "ledger/" + file));
    }

    /** A script that works on one batch. */
    private static Script ofBatches(String file) {
        return new Script(keysOf("batch/own"), List.of("shared", "batch/own", "batch/shared", "batch/" + file));
    }

    /** The same in a ledger for others. */
    private static Script ofBatchesInLedgers(String file) {
        return new Script(
                keysOf("ledger/shared"),
                List.of("shared", "ledger/shared", "ledger/batch", "batch/shared", "batch/" + file));
    }

    /** A script that changes many jobs at once; these pass the same keys first. */
    private static Script ofHousekeeping(String file) {
        return new Script(
                keysOf("housekeeping/shared"),
                List.of("shared", "limits/permits", "housekeeping/shared", "housekeeping/" + file));
    }

    /** A script that ends a branch, by others within it. */
    private static Script ofBranches(List<String> keys, String... files) {
        return new Script(
                keys,
                Stream.concat(Stream.of("shared", "limits/permits", "unique/shared", "result/shared"), Stream.of(files))
                        .toList());
    }

    /** A script as a function of keys and arguments. */
    private static String function(String name, String file) {
        return FUNCTION + name + ' ' + file;
    }

    private static String text(String file) {
        if (!file.startsWith(FUNCTION)) {
            return new String(read(file), StandardCharsets.UTF_8);
        }
        String[] names = file.substring(FUNCTION.length()).split(" ", -1);
        return "local function " + names[0] + "(KEYS, ARGV)\n" + text(names[1]) + "end\n";
    }

    private static List<String> keysOf(String file) {
        String own = new String(read(file), StandardCharsets.UTF_8);
        if (!own.startsWith(KEYS_LINE.trim())) {
            throw new IllegalStateException(file + ".lua does not begin with '" + KEYS_LINE + "'");
        }
        String names = own.substring(KEYS_LINE.length() - 1, own.indexOf('\n')).trim();
        return names.isEmpty() ? List.of() : List.of(names.split(" ", -1));
    }

    /** The names of the keys that every call passes first, in order. */
    List<String> keys() {
        return keys;
    }

    /** The script itself; not to be changed. */
    byte[] text() {
        return text;
    }

    /** What EVALSHA knows it by; not to be changed. */
    byte[] sha() {
        return sha;
    }

    private static byte[] read(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file + ".lua")) {
            if (in == null) {
                throw new IllegalStateException(file + ".lua is missing from the library's jar");
            }
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read " + file + ".lua from the library's jar", broken);
        }
    }

    private static byte[] sha1(byte[] text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
            return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-1", missing);
        }
    }
}
