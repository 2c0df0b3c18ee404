/** What the photo studio has besides, where its broker is the server's: a message-driven bean. */
@NullMarked
package io.goose.examples.adapter;

import org.jspecify.annotations.NullMarked;
