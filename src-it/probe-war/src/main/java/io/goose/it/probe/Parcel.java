package io.goose.it.probe;

/** An argument type of the application. */
public record Parcel(String label, Size size) {

    /** Two sizes. */
    public enum Size {
        SMALL,
        LARGE
    }
}
