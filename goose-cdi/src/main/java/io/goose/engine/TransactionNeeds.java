package io.goose.engine;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.transaction.BrokerTransactions;
import java.util.List;
import java.util.Map;

/** Which jobs need transactions, and what there is of them. */
record TransactionNeeds(EngineSettings settings, EngineParts parts) {

    private static final System.Logger LOG = System.getLogger(Engine.class.getName());

    /** Whether jobs that need one run from this broker. */
    boolean has(String broker) {
        return settings.workers().containsKey(broker)
                && parts.catalogue().definitions().stream()
                        .anyMatch(job -> job.settings().transactional());
    }

    /** Transactional jobs that this application is to run where there are no transactions. */
    List<String> lacking() {
        return settings.workers().isEmpty()
                        || parts.host().transaction().demarcation().isPresent()
                ? List.of()
                : parts.catalogue().withoutTransactions();
    }

    static void warnOfFallback(Map<String, BrokerTransactions> transactions) {
        List<String> late = transactions.entrySet().stream()
                .filter(one -> one.getValue().fallsBack())
                .map(Map.Entry::getKey)
                .toList();
        if (!late.isEmpty()) {
            LOG.log(
                    WARNING,
                    "GOOSE-4021: what is enqueued inside a transaction to brokers " + late
                            + " is sent after the commit, and is lost if this process dies between the two; give them an"
                            + " outbox (goose.outbox.datasource), or set transactions at the connection factory of a resource"
                            + " adapter, or set goose.transaction=after-commit to accept that");
        }
    }
}
