package io.goose.cdi;

/** Which optional APIs the server has. */
final class Optionals {

    private Optionals() {}

    /** Whether the application sees this class. */
    static boolean isThere(String type) {
        try {
            Class.forName(type, false, Optionals.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }
}
