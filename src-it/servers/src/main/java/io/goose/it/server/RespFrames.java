package io.goose.it.server;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a stream of RESP2 or RESP3 into whole frames, whatever the pieces it arrives in. A stream that is not RESP, such as TLS,
 * is passed on in the pieces in which it comes. Used by one thread.
 */
final class RespFrames {

    private static final int INCOMPLETE = -1;

    private final String firstBytes;
    private byte[] pending = new byte[0];
    private boolean opaque;

    /** Takes the stream for RESP as long as each frame starts with one of {@code firstBytes}. */
    private RespFrames(String firstBytes) {
        this.firstBytes = firstBytes;
    }

    static RespFrames ofRequests() {
        return new RespFrames("*");
    }

    static RespFrames ofReplies() {
        return new RespFrames("+-:_#,($!=*~>%|");
    }

    /** Whether the stream turned out not to be RESP. */
    boolean isOpaque() {
        return opaque;
    }

    /** Takes all of {@code bytes} and gives the frames that are complete with them, in order. */
    List<byte[]> feed(ByteBuffer bytes) {
        int kept = pending.length;
        pending = Arrays.copyOf(pending, kept + bytes.remaining());
        bytes.get(pending, kept, pending.length - kept);
        List<byte[]> frames = new ArrayList<>();
        int start = 0;
        while (start < pending.length) {
            opaque = opaque || firstBytes.indexOf(pending[start]) < 0;
            int end = opaque ? pending.length : end(start);
            if (end == INCOMPLETE) {
                break;
            }
            frames.add(Arrays.copyOfRange(pending, start, end));
            start = end;
        }
        pending = Arrays.copyOfRange(pending, start, pending.length);
        return frames;
    }

    /** The position after the frame that starts at {@code from}. */
    private int end(int from) {
        int body = afterLine(from);
        if (body == INCOMPLETE) {
            return INCOMPLETE;
        }
        return switch (pending[from]) {
            case '$', '!', '=' -> afterBulk(from, body);
            case '*', '~', '>' -> afterElements(count(from, body), body);
            case '%' -> afterElements(2 * count(from, body), body);
            case '|' -> afterElements(2 * count(from, body) + 1, body); // attributes go before the reply they describe
            default -> body;
        };
    }

    private int afterBulk(int from, int body) {
        int length = count(from, body);
        if (length < 0) {
            return body; // null
        }
        int end = body + length + 2;
        return end <= pending.length ? end : INCOMPLETE;
    }

    private int afterElements(int elements, int body) {
        int position = body;
        for (int i = 0; i < elements && position != INCOMPLETE; i++) {
            position = position < pending.length ? end(position) : INCOMPLETE;
        }
        return position;
    }

    private int afterLine(int from) {
        for (int i = from; i < pending.length; i++) {
            if (pending[i] == '\n') {
                return i + 1;
            }
        }
        return INCOMPLETE;
    }

    private int count(int from, int body) {
        int sign = pending[from + 1] == '-' ? -1 : 1;
        int number = 0;
        for (int i = from + 1; i < body - 2; i++) {
            if (pending[i] != '-') {
                number = 10 * number + pending[i] - '0';
            }
        }
        return sign * number;
    }
}
