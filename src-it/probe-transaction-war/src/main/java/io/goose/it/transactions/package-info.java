/** Enqueues inside transactions of every kind, beside rows of the application's own. */
@NullMarked
package io.goose.it.transactions;

import org.jspecify.annotations.NullMarked;
