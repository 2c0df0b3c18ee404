package io.goose.it.appserver;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a server does in a distributed transaction, to be killed in the course of it. */
interface XaWork {

    /** How many parts the branch at Redis has, see {@link XaPoint#hold}. */
    int parts();

    /**
     * Begins it; the answer may never come.
     *
     * @param key begins the keys of all rows and jobs
     */
    CompletableFuture<?> begin(XaServer server, String key) throws IOException;

    /** The rows that must be there when all is done. */
    List<String> rows(String key, boolean committed);

    /** The jobs that must have run when all is done, as often as they are named. */
    List<String> jobs(String key, boolean committed);
}
