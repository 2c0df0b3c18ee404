/** Jobs that the resource adapter's worker leases and a message-driven bean of the application runs. */
@NullMarked
package io.goose.mdb;

import org.jspecify.annotations.NullMarked;
