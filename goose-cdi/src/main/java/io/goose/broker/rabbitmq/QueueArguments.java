package io.goose.broker.rabbitmq;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The arguments of queues. Stateless. */
final class QueueArguments {

    /** So high that RabbitMQ drops nothing by itself: a job that kills its workers is found by its own count. */
    private static final int DELIVERY_LIMIT = 1_000_000;

    private static final Pattern UNLIKE =
            Pattern.compile("inequivalent arg '([^']+)' for queue .*: received (.*) but current is (.*)");
    private static final Pattern VALUE =
            Pattern.compile("(?:the value )?'([^']*)' of type '([^']*)'|'(true|false)'|none");

    private QueueArguments() {}

    /** What RabbitMQ says of a queue that is not as it was asked for. */
    record Difference(String name, String wanted, String current) {}

    static Map<String, Object> quorum() {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("x-queue-type", "quorum");
        arguments.put("x-delivery-limit", DELIVERY_LIMIT);
        arguments.put("x-dead-letter-strategy", "at-least-once");
        arguments.put("x-overflow", "reject-publish"); // without it dead-lettering is at most once
        return arguments;
    }

    /** Of a queue whose messages may go: when they are old, and the oldest when there are too many. */
    static Map<String, Object> passing(int most, Duration age) {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("x-queue-type", "quorum");
        arguments.put("x-delivery-limit", DELIVERY_LIMIT);
        arguments.put("x-max-length", most);
        arguments.put("x-overflow", "drop-head");
        arguments.put("x-message-ttl", age.toMillis());
        return arguments;
    }

    static Map<String, Object> classic() {
        return new HashMap<>();
    }

    static boolean matters(String name) {
        return !name.equals("x-delivery-limit") && !name.equals("x-dead-letter-strategy") && !name.equals("x-overflow");
    }

    static @Nullable Difference difference(String text) {
        Matcher matcher = UNLIKE.matcher(text);
        return matcher.find() ? new Difference(matcher.group(1), matcher.group(2), matcher.group(3)) : null;
    }

    /** Asks for what is there. */
    static void accept(Map<String, Object> asked, Difference difference) {
        Matcher matcher = VALUE.matcher(difference.current());
        if (!matcher.find() || matcher.group(1) == null) {
            asked.remove(difference.name());
        } else if (matcher.group(2).equals("longstr")) {
            asked.put(difference.name(), matcher.group(1));
        } else {
            asked.put(difference.name(), Long.valueOf(matcher.group(1)));
        }
    }
}
