package io.goose.broker.redis;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import java.io.Serial;
import java.net.SocketTimeoutException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Why a call has no answer, sorted by what that means for the caller. */
final class RedisFault extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    /** What a failure means. */
    enum Kind {
        /** There is no connection; nothing was sent. */
        UNREACHABLE,
        /** The connection ended between the call and its answer: it may have been carried out. */
        UNANSWERED,
        /** The server does not do it now (it loads, is a replica, its slot moves …); nothing was done. */
        NOT_NOW,
        /** The server is out of memory; nothing was done. */
        FULL,
        /** Credentials, rights or the set-up do not suffice. */
        REFUSED,
        /** The server found the call wrong: a mistake of ours, or keys that hold something else. */
        WRONG
    }

    private final Kind kind;
    private final boolean maybeDone;

    RedisFault(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, cause, kind == Kind.UNANSWERED);
    }

    private RedisFault(Kind kind, String message, @Nullable Throwable cause, boolean maybeDone) {
        super(message, cause);
        this.kind = kind;
        this.maybeDone = maybeDone;
    }

    Kind kind() {
        return kind;
    }

    /** Whether the call may have been carried out. */
    boolean maybeDone() {
        return maybeDone;
    }

    /** This fault of a call that was sent before and had no answer then: whatever is wrong now, it may have been carried out. */
    RedisFault afterLostAnswer() {
        return maybeDone ? this : new RedisFault(kind, String.valueOf(getMessage()), getCause(), true);
    }

    /** What happened when a connection was made. */
    static RedisFault connecting(JedisException failure) {
        if (failure instanceof JedisDataException answer) {
            RedisFault fault = answered(answer);
            return fault.kind == Kind.WRONG
                    ? new RedisFault(refusesLogin(answer) ? Kind.REFUSED : Kind.NOT_NOW, text(failure), failure)
                    : fault;
        }
        return new RedisFault(Kind.UNREACHABLE, text(failure), failure);
    }

    /** What happened between a call and its answer. */
    static RedisFault broken(RuntimeException failure) {
        return new RedisFault(Kind.UNANSWERED, text(failure), failure);
    }

    /** Whether a wait for an answer took too long, as opposed to a connection that was cut. */
    static boolean isTimeout(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** What the server answered instead of doing it. */
    static RedisFault answered(JedisDataException answer) {
        String message = String.valueOf(answer.getMessage());
        Kind kind;
        if (answer instanceof JedisAccessControlException
                || mentions(message, "NOPERM", "NOAUTH", "WRONGPASS")
                || message.contains("The user executing the script can't")) {
            kind = Kind.REFUSED;
        } else if (message.contains("OOM command not allowed")) {
            kind = Kind.FULL;
        } else if (mentions(
                message,
                "READONLY",
                "LOADING",
                "MASTERDOWN",
                "CLUSTERDOWN",
                "TRYAGAIN",
                "MOVED",
                "ASK",
                "BUSY",
                "MISCONF",
                "NOREPLICAS",
                "UNKILLABLE")) {
            kind = Kind.NOT_NOW;
        } else {
            kind = Kind.WRONG;
        }
        boolean midway = (kind == Kind.REFUSED || kind == Kind.WRONG) && isFromWithinAScript(message);
        return new RedisFault(kind, text(answer), answer, midway);
    }

    /** A script that fails at one of its commands keeps what it has done by then. The others are refused before they begin. */
    private static boolean isFromWithinAScript(String message) {
        return message.contains("@user_script");
    }

    /** A server that is taken for the only one has sent us on to another. */
    static RedisFault unexpectedCluster(JedisDataException answer) {
        return new RedisFault(
                Kind.REFUSED,
                "GOOSE-3034: the server is a node of a cluster (" + answer.getMessage()
                        + "), but mode=cluster is not set; set it, with some of the cluster's nodes in nodes",
                answer);
    }

    /** A server before 7.0 puts the error of a command within a script behind the script's own. */
    private static boolean mentions(String message, String... codes) {
        for (String code : codes) {
            if (message.startsWith(code + ' ') || message.contains(" -" + code + ' ')) {
                return true;
            }
        }
        return false;
    }

    private static boolean refusesLogin(JedisDataException answer) {
        String message = String.valueOf(answer.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("auth") || message.contains("password") || message.contains("db index");
    }

    /**
     * The exception for the caller of the broker.
     *
     * @param what what was to be done, as in "cannot …"
     * @param where what was asked, with no credentials
     */
    GooseException toPublic(String what, String where) {
        String message = "cannot " + what + " on " + where + ": " + getMessage();
        return switch (kind) {
            case REFUSED ->
                message.contains("GOOSE-")
                        ? new BrokerRefusedException(String.valueOf(getMessage()), getCause())
                        : new BrokerRefusedException(
                                "GOOSE-3012: " + message + "; correct the credentials or the rights of the user",
                                getCause());
            case FULL ->
                new BrokerUnavailableException(
                        "GOOSE-3013: " + message + "; the server is out of memory: raise its maxmemory or drain queues",
                        getCause());
            case WRONG ->
                new BrokerUnavailableException(
                        "GOOSE-3014: " + message
                                + "; if another program uses keys with the same goose.namespace, separate them",
                        getCause());
            case UNREACHABLE, UNANSWERED, NOT_NOW ->
                new BrokerUnavailableException(
                        "GOOSE-3011: " + message + "; it is tried again as soon as the server can be used", getCause());
        };
    }

    private static String text(Throwable failure) {
        StringBuilder text = new StringBuilder(String.valueOf(failure.getMessage()));
        Throwable cause = failure.getCause();
        if (failure instanceof JedisConnectionException && cause != null && cause.getMessage() != null) {
            text.append(" (").append(cause.getMessage()).append(')');
        }
        return text.toString();
    }
}
