package io.goose.cdi.uow;

import java.util.ArrayList;
import java.util.List;

/** As Open Liberty's; a test says what the units of work do, and sees what was done. */
public final class UOWManagerFactory {

    /** Refuses before the work or after it, if at all. */
    public enum Refusal {
        NEVER,
        BEFORE,
        AFTER
    }

    private static final List<String> STEPS = new ArrayList<>();
    private static Refusal refusal = Refusal.NEVER;

    private UOWManagerFactory() {}

    public static List<String> begin(Refusal next) {
        refusal = next;
        STEPS.clear();
        return STEPS;
    }

    public static UOWManager getUOWManager() {
        return (type, join, action) -> {
            if (refusal == Refusal.BEFORE) {
                throw new IllegalStateException("no unit of work");
            }
            STEPS.add("put aside " + type + " " + join + " " + action.toString().isEmpty());
            action.run();
            STEPS.add("taken up again");
            if (refusal == Refusal.AFTER) {
                throw new IllegalStateException("it did not end well");
            }
        };
    }
}
