package io.goose.examples.studio.imaging;

/**
 * One thing that a photo tells of itself.
 *
 * @param group where it was found, such as {@code Exif SubIFD}
 * @param label what it is
 * @param value its text
 */
public record Fact(String group, String label, String value) {}
