package io.goose.engine.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keeps credentials out of messages. */
final class Secrets {

    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)?(.*)", Pattern.DOTALL);
    private static final String HIDDEN = "***";

    private Secrets() {}

    /** {@code key=value} with nothing secret in it. */
    static String shown(String key, String value) {
        String last = key.substring(key.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (last.contains("password") || last.contains("secret") || last.contains("token")) {
            return key + "=" + HIDDEN;
        }
        return key + "=" + address(value);
    }

    /** Shows no more than the scheme, what is behind the last {@code @}, and nothing of a query. */
    private static String address(String value) {
        Matcher parts = SCHEME.matcher(value);
        if (!parts.matches()) {
            return HIDDEN;
        }
        String scheme = parts.group(1) == null ? "" : parts.group(1);
        String rest = parts.group(2);
        int at = rest.lastIndexOf('@');
        int query = rest.indexOf('?');
        if (at >= 0 && query >= 0 && query < at) { // which of them belongs to a secret cannot be told
            return scheme + HIDDEN;
        }
        String shown = at < 0 ? rest : HIDDEN + rest.substring(at);
        return scheme + (query < 0 ? shown : shown.substring(0, shown.indexOf('?') + 1) + HIDDEN);
    }
}
