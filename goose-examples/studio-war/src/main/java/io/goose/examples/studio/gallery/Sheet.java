package io.goose.examples.studio.gallery;

/**
 * The contact sheet of a shoot.
 *
 * @param id the shoot
 * @param status how the batch of its proofs ended, as Goose says it
 * @param at when it was printed, epoch milliseconds
 */
public record Sheet(String id, String status, long at) {}
