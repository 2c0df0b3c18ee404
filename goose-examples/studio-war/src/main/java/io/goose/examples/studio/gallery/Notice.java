package io.goose.examples.studio.gallery;

/**
 * A message of the studio to its customer.
 *
 * @param id the shoot it is about; a shoot has at most one
 * @param text what it says
 * @param at when it was sent, epoch milliseconds
 */
public record Notice(String id, String text, long at) {}
