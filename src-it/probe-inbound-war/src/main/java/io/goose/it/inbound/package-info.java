/** An application whose jobs a message-driven bean runs. */
@NullMarked
package io.goose.it.inbound;

import org.jspecify.annotations.NullMarked;
