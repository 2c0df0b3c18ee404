package io.goose.it.transactions;

import io.goose.EnqueueRejectedException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.UserTransaction;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The ends of a transaction. Each row and job is called after what must become of it: {@code stays} or {@code goes}. An
 * exception of the container's is an answer; what shows whether all is well are the rows and the jobs.
 */
@ApplicationScoped
public class Cases {

    /** Does one; {@code key} begins the keys of its rows and jobs. Answers what was thrown. */
    String run(String name, Unit unit, Target target, String key) throws Exception {
        try {
            switch (name) {
                case "commit" -> commit(unit, target, key);
                case "exception" -> exception(unit, target, key);
                case "checkedException" -> checkedException(unit, target, key);
                case "setRollbackOnly" -> setRollbackOnly(unit, target, key);
                case "timeout" -> timeout(unit, target, key);
                case "bothCommit" -> bothCommit(unit, target, key);
                case "outerRollsBack" -> outerRollsBack(unit, target, key);
                case "innerRollsBack" -> innerRollsBack(unit, target, key);
                case "besideTransaction" -> besideTransaction(unit, target, key);
                default -> throw new IllegalArgumentException(name);
            }
            return "";
        } catch (Exception end) {
            mustNotHide(end);
            return end.getClass().getName();
        }
    }

    /** A container wraps what it is thrown. */
    private static void mustNotHide(Exception end) {
        for (Throwable each = end; each != null; each = each.getCause()) {
            if (each instanceof AssertionError || each instanceof IllegalArgumentException) {
                throw new AssertionError(each.toString(), end);
            }
        }
    }

    private static void commit(Unit unit, Target target, String key) throws Exception {
        unit.required(() -> {
            target.send(key + "/stays1");
            target.send(key + "/stays2");
        });
    }

    private static void exception(Unit unit, Target target, String key) throws Exception {
        unit.required(() -> {
            target.send(key + "/goes");
            throw new Broken();
        });
    }

    private static void checkedException(Unit unit, Target target, String key) throws Exception {
        unit.required(() -> {
            target.send(key + "/stays");
            throw new Checked();
        });
    }

    private static void setRollbackOnly(Unit unit, Target target, String key) throws Exception {
        unit.required(() -> {
            target.send(key + "/goes1");
            unit.setRollbackOnly();
            mustBeRefused(target, key + "/goes2");
        });
    }

    /** The container's units have no portable timeout of their own; they join a transaction that has one. */
    private static void timeout(Unit unit, Target target, String key) throws Exception {
        UserTransaction transaction = UserUnit.transaction();
        transaction.setTransactionTimeout(1);
        try {
            transaction.begin();
        } finally {
            transaction.setTransactionTimeout(0);
        }
        boolean ran = false;
        try {
            unit.required(() -> {
                target.send(key + "/goes1");
                long start = System.nanoTime();
                while (CdiUnit.registry().getTransactionStatus() == Status.STATUS_ACTIVE) {
                    if (System.nanoTime() - start > Duration.ofMinutes(1).toNanos()) {
                        throw new AssertionError("the transaction does not time out");
                    }
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
                mustBeRefused(target, key + "/goes2");
            });
            ran = true;
        } finally {
            if (ran) {
                transaction.commit(); // which throws
            } else if (transaction.getStatus() != Status.STATUS_NO_TRANSACTION) {
                transaction.rollback(); // it must not stay with the thread
            }
        }
    }

    private static void mustBeRefused(Target target, String key) {
        try {
            target.enqueue(key);
        } catch (EnqueueRejectedException refused) {
            if (refused.toString().contains("GOOSE-1021")) {
                return;
            }
            throw refused;
        }
        throw new AssertionError("an enqueue was taken in a transaction that will not commit");
    }

    private static void bothCommit(Unit unit, Target target, String key) throws Exception {
        unit.required(() -> {
            target.send(key + "/stays1");
            unit.requiresNew(() -> target.send(key + "/stays2"));
            target.send(key + "/stays3");
        });
    }

    private static void outerRollsBack(Unit unit, Target target, String key) throws Exception {
        unit.required(() -> {
            target.send(key + "/goes1");
            unit.requiresNew(() -> target.send(key + "/stays"));
            target.send(key + "/goes2");
            throw new Broken();
        });
    }

    private static void innerRollsBack(Unit unit, Target target, String key) throws Exception {
        unit.required(() -> {
            target.send(key + "/stays1");
            rolledBack(() -> unit.requiresNew(() -> {
                target.send(key + "/goes");
                throw new Broken();
            }));
            target.send(key + "/stays2");
        });
    }

    private static void rolledBack(Work work) throws Exception {
        try {
            work.run();
        } catch (RuntimeException asTold) { // an EJBException around it
            return;
        }
        throw new AssertionError("nothing was thrown");
    }

    private static void besideTransaction(Unit unit, Target target, String key) throws Exception {
        unit.required(() -> {
            target.send(key + "/goes");
            unit.notSupported(() -> target.send(key + "/stays"));
            throw new Broken();
        });
    }
}
