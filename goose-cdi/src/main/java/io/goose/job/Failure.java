package io.goose.job;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What a job last failed with, bounded so that a failing job can always be stored.
 *
 * @param type the class name of the throwable
 * @param message its message, at most {@value #MAX_MESSAGE_BYTES} bytes of UTF-8, empty if it had none
 * @param stack its stack trace, at most {@value #MAX_STACK_BYTES} bytes of UTF-8
 * @since 0.1
 */
public record Failure(String type, String message, String stack) {

    /**
     * The type of the failure of a job that was buried because it was running alone, for the third time, when its worker
     * died. Its message names the worker's host, its session and its thread count, its stack the neighbours.
     */
    public static final String POISON = "goose.poison";

    /** The longest message that is kept, in bytes. */
    public static final int MAX_MESSAGE_BYTES = 1024;

    /** The longest stack trace that is kept, in bytes. */
    public static final int MAX_STACK_BYTES = 8192;

    public Failure {
        Objects.requireNonNull(type, "type");
        message = cut(message, MAX_MESSAGE_BYTES);
        stack = cut(stack, MAX_STACK_BYTES);
    }

    /** The failure that {@code thrown} stands for; never fails itself, whatever the throwable's methods do. */
    public static Failure of(Throwable thrown) {
        return new Failure(thrown.getClass().getName(), messageOf(thrown), stackOf(thrown));
    }

    private static String messageOf(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? "" : message;
        } catch (Throwable broken) {
            return "(getMessage() of the failure failed: " + broken.getClass().getName() + ")";
        }
    }

    private static String stackOf(Throwable thrown) {
        StringWriter text = new StringWriter(1024);
        try {
            thrown.printStackTrace(new PrintWriter(text));
        } catch (Throwable broken) {
            text.append("(printStackTrace() of the failure failed: ")
                    .append(broken.getClass().getName())
                    .append(')');
        }
        return text.toString();
    }

    private static String cut(String text, int maxBytes) {
        if (text.length() * 3L <= maxBytes) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= maxBytes) {
            return text;
        }
        int end = maxBytes;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) { // never in the middle of a character
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
