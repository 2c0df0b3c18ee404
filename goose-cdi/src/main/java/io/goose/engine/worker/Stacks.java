package io.goose.engine.worker;

/** Where a run is at this moment, for the log. */
final class Stacks {

    private Stacks() {}

    /** The stack of a thread, each frame on a line of its own. */
    static String of(Thread thread) {
        StringBuilder stack = new StringBuilder();
        for (StackTraceElement frame : thread.getStackTrace()) {
            stack.append("\n\tat ").append(frame);
        }
        return stack.toString();
    }
}
