package io.goose.it.server;

import java.io.IOException;

/** A Redis server answered a command with an error. The message is the server's, its first word the kind of the error. */
public final class RespException extends IOException {

    RespException(String message) {
        super(message);
    }

    /** The first word, such as {@code NOAUTH} or {@code LOADING}. */
    public String kind() {
        String text = String.valueOf(getMessage());
        int space = text.indexOf(' ');
        return space < 0 ? text : text.substring(0, space);
    }
}
