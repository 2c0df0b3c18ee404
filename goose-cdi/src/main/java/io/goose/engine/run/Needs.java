package io.goose.engine.run;

/**
 * What a worker announces that it can run, and what a job needs, in the same words, see {@link
 * io.goose.spi.SessionSpec#announced}. A job's need names all of what it needs, also what the worker that states it has: so
 * no two workers that each lack something else hand it to and fro.
 */
public final class Needs {

    private Needs() {}

    public static String handler(String name) {
        return "handler:" + escaped(name);
    }

    public static String encoding(String name) {
        return "enc:" + escaped(name);
    }

    public static String version(long version) {
        return "v:" + version;
    }

    /** All of these. */
    static String all(String one, String other) {
        return one + ' ' + other;
    }

    /** Without white space and control characters, which brokers put between needs; no two names become one. */
    private static String escaped(String name) {
        StringBuilder escaped = null;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain = c > ' ' && c != 0x7f && c != '%';
            if (!plain && escaped == null) {
                escaped = new StringBuilder(name.length() + 8).append(name, 0, i);
            }
            if (escaped != null) {
                if (plain) {
                    escaped.append(c);
                } else {
                    escaped.append('%').append(Integer.toHexString(0x100 | c), 1, 3);
                }
            }
        }
        return escaped == null ? name : escaped.toString();
    }
}
