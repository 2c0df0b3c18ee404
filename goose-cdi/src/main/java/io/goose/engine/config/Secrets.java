package io.goose.engine.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Keeps credentials out of messages. */
final class Secrets {

    private static final Pattern USER_INFO = Pattern.compile("//[^/?#]*@");
    private static final Pattern QUERY = Pattern.compile("\\?.*", Pattern.DOTALL);

    private Secrets() {}

    /** {@code key=value} with nothing secret in it. */
    static String shown(String key, String value) {
        String last = key.substring(key.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (last.contains("password") || last.contains("secret") || last.contains("token")) {
            return key + "=***";
        }
        return key + "=" + url(value);
    }

    private static String url(String value) {
        if (!value.contains("//")) {
            return value;
        }
        String withoutUser = USER_INFO.matcher(value).replaceAll("//***@");
        return QUERY.matcher(withoutUser).replaceAll("?***");
    }
}
