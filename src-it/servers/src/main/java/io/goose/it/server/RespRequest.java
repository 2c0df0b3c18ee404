package io.goose.it.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A command on its way to a Redis server.
 *
 * @param arguments the command's name and its arguments; bytes that are no UTF-8 are replaced
 */
public record RespRequest(List<String> arguments) {

    /** Copies. */
    public RespRequest {
        arguments = List.copyOf(arguments);
    }

    /** Reads a complete frame, an array of bulk strings. */
    static RespRequest read(byte[] frame) {
        List<String> arguments = new ArrayList<>();
        int position = lineEnd(frame, 0);
        while (position < frame.length) {
            int start = lineEnd(frame, position);
            int length =
                    Integer.parseInt(new String(frame, position + 1, start - position - 3, StandardCharsets.US_ASCII));
            arguments.add(new String(frame, start, length, StandardCharsets.UTF_8));
            position = start + length + 2;
        }
        return new RespRequest(arguments);
    }

    private static int lineEnd(byte[] frame, int from) {
        int i = from;
        while (frame[i] != '\n') {
            i++;
        }
        return i + 1;
    }

    /** The command's name in capitals; empty for the empty command. */
    public String command() {
        return arguments.isEmpty() ? "" : arguments.get(0).toUpperCase(Locale.ROOT);
    }

    /** Whether one of the arguments after the name contains {@code part}, as a key or a script does. */
    public boolean mentions(String part) {
        return arguments.stream().skip(1).anyMatch(argument -> argument.contains(part));
    }
}
