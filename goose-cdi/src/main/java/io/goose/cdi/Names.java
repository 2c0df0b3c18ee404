package io.goose.cdi;

import javax.naming.InitialContext;
import javax.naming.NamingException;

/** Looks names up in the naming context of the calling thread's component. */
final class Names {

    private Names() {}

    // The names come from us and from the deployer's configuration, never from users.
    @SuppressWarnings("BanJNDI")
    static Object lookup(String name) throws NamingException {
        return InitialContext.doLookup(name);
    }
}
