package io.goose.examples.studio.imaging;

/**
 * A small picture.
 *
 * @param jpeg its bytes; not copied
 * @param width in pixels
 * @param height in pixels
 */
@SuppressWarnings("ArrayRecordComponent") // handed from the maker to the disk, never compared
public record Thumbnail(byte[] jpeg, int width, int height) {}
