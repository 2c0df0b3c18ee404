package io.goose;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/** A class loader in which a library is missing: it defines some of our classes itself and refuses those of the library. */
public final class WithoutLibrary extends URLClassLoader {

    private final String missing;
    private final List<String> own;

    private WithoutLibrary(String missing, List<String> own) {
        super(new URL[0], WithoutLibrary.class.getClassLoader());
        this.missing = missing;
        this.own = own;
    }

    /**
     * A loader without a library.
     *
     * @param missing the prefix of the names of the library's classes
     * @param own prefixes of the names of the classes that are to miss it
     */
    public static WithoutLibrary named(String missing, String... own) {
        return new WithoutLibrary(missing, List.of(own));
    }

    /** An instance of this loader's own version of {@code type}. */
    public <T> T make(Class<?> type, Class<T> as) throws ReflectiveOperationException {
        var constructor = loadClass(type.getName()).getDeclaredConstructor();
        constructor.setAccessible(true);
        return as.cast(constructor.newInstance());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(missing)) {
            throw new ClassNotFoundException(name);
        }
        if (own.stream().noneMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> present = findLoadedClass(name);
            return present == null ? define(name) : present;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException unreadable) {
            throw new ClassNotFoundException(name, unreadable);
        }
    }
}
