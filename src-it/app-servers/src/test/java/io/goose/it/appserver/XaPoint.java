package io.goose.it.appserver;

import io.goose.it.server.Fault;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Occurrence;
import io.goose.it.server.RespRequest;
import java.util.List;

/**
 * Where a server is with a distributed transaction when it is killed: the request to Redis, or the reply, that a proxy keeps back. What Redis
 * is asked for is told apart by the keys and arguments of the scripts, which are in {@code xa/*.lua} of the library.
 */
enum XaPoint {
    /** Nothing of the branch is at Redis; the database may have prepared. */
    BEFORE_PREPARE(false, 0) {
        @Override
        Fault hold(FaultyProxy proxy, int parts) {
            return proxy.holdRequest(Occurrence.next(XaPoint::isNote));
        }
    },
    /** Redis has all parts of the branch, and the server has not heard of it: nothing is decided. */
    PREPARED(false, 1) {
        @Override
        Fault hold(FaultyProxy proxy, int parts) {
            return proxy.holdReply(Occurrence.nth(parts, XaPoint::isPart));
        }
    },
    /** It is decided that the transaction commits, and Redis does not know. */
    DECIDED(true, 1) {
        @Override
        Fault hold(FaultyProxy proxy, int parts) {
            return proxy.holdRequest(Occurrence.next(request -> isOfList(request, "HGET")));
        }
    },
    /** Redis has committed all parts but the last one. */
    PARTLY_COMMITTED(true, 1) {
        @Override
        Fault hold(FaultyProxy proxy, int parts) {
            return proxy.holdRequest(Occurrence.nth(parts, XaPoint::isCommit));
        }
    },
    /** Redis has committed and forgotten the branch, and the server has not heard of it. */
    COMMITTED(true, 0) {
        @Override
        Fault hold(FaultyProxy proxy, int parts) {
            return proxy.holdReply(Occurrence.next(request -> isOfList(request, "HDEL")));
        }
    };

    /** The hash of all branches, in the namespace that there is by default. */
    static final String LIST = "goose:xa";

    private static final int KEYS_OF_COMMIT = 37;

    private final boolean commits;
    private final long branches;

    XaPoint(boolean commits, long branches) {
        this.commits = commits;
        this.branches = branches;
    }

    /** Whether a recovery must commit. */
    boolean commits() {
        return commits;
    }

    /** Whether the worker that completes a job in the transaction cannot beat meanwhile: it waits to compare its leases. */
    boolean stopsTheHeart() {
        return this == PREPARED;
    }

    /** How many branches Redis knows of the transaction. */
    long branches() {
        return branches;
    }

    /**
     * Keeps back the next such request or reply.
     *
     * @param parts how many a branch has: one for each queue to which it enqueues, and one for that in which it completes a job
     */
    abstract Fault hold(FaultyProxy proxy, int parts);

    private static boolean isOfList(RespRequest request, String command) {
        return request.command().equals(command) && request.arguments().get(1).equals(LIST);
    }

    private static boolean isScript(RespRequest request) {
        return request.command().equals("EVALSHA") || request.command().equals("EVAL");
    }

    private static List<String> keys(RespRequest request) {
        List<String> arguments = request.arguments();
        return arguments.subList(3, 3 + Integer.parseInt(arguments.get(2)));
    }

    private static boolean isNote(RespRequest request) {
        return isScript(request)
                && keys(request).equals(List.of(LIST))
                && request.arguments().size() == 8;
    }

    private static boolean isPart(RespRequest request) {
        return isScript(request)
                && (keys(request).size() == 3 || keys(request).size() == 4)
                && keys(request).get(1).contains(":xa:");
    }

    private static boolean isCommit(RespRequest request) {
        return isScript(request) && keys(request).size() == KEYS_OF_COMMIT;
    }
}
