package io.goose.engine.handler;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the type variables of a class's ancestors stand for in that class. */
final class TypeVariables {

    private final Map<TypeVariable<?>, Type> values = new HashMap<>();

    TypeVariables(Class<?> type) {
        collect(type);
    }

    private void collect(Class<?> type) {
        List<Type> parents = new ArrayList<>(Arrays.asList(type.getGenericInterfaces()));
        if (type.getGenericSuperclass() != null) {
            parents.add(type.getGenericSuperclass());
        }
        for (Type parent : parents) {
            if (parent instanceof ParameterizedType parameterized
                    && parameterized.getRawType() instanceof Class<?> raw) {
                TypeVariable<?>[] variables = raw.getTypeParameters();
                for (int i = 0; i < variables.length; i++) {
                    values.putIfAbsent(variables[i], resolve(parameterized.getActualTypeArguments()[i]));
                }
                collect(raw);
            } else if (parent instanceof Class<?> raw) {
                collect(raw);
            }
        }
    }

    /** The parameter types of a method of the class or of an ancestor, as this class sees them. */
    List<Type> parameters(Method method) {
        return Arrays.stream(method.getGenericParameterTypes())
                .map(this::resolve)
                .toList();
    }

    private Type resolve(Type type) {
        if (type instanceof TypeVariable<?> variable) {
            Type value = values.get(variable);
            return value == null ? variable : value;
        }
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            Type[] resolved = Arrays.stream(arguments).map(this::resolve).toArray(Type[]::new);
            return Arrays.equals(arguments, resolved)
                    ? type
                    : new Resolved(parameterized.getRawType(), parameterized.getOwnerType(), List.of(resolved));
        }
        if (type instanceof GenericArrayType array) {
            Type component = resolve(array.getGenericComponentType());
            return component instanceof Class<?> raw ? raw.arrayType() : array;
        }
        return type;
    }

    /** Whether a type still says nothing definite somewhere: a variable that nobody gave a value. */
    static boolean isOpen(Type type) {
        if (type instanceof TypeVariable<?>) {
            return true;
        }
        if (type instanceof ParameterizedType parameterized) {
            return Arrays.stream(parameterized.getActualTypeArguments()).anyMatch(TypeVariables::isOpen);
        }
        if (type instanceof GenericArrayType array) {
            return isOpen(array.getGenericComponentType());
        }
        if (type instanceof WildcardType wildcard) {
            return Arrays.stream(wildcard.getUpperBounds()).anyMatch(TypeVariables::isOpen);
        }
        return false;
    }

    /** The class that a type is at run time. */
    static Class<?> erased(Type type) {
        if (type instanceof Class<?> raw) {
            return raw;
        }
        if (type instanceof ParameterizedType parameterized) {
            return erased(parameterized.getRawType());
        }
        if (type instanceof GenericArrayType array) {
            return erased(array.getGenericComponentType()).arrayType();
        }
        if (type instanceof TypeVariable<?> variable) {
            return erased(variable.getBounds()[0]);
        }
        return erased(((WildcardType) type).getUpperBounds()[0]);
    }

    /** A parameterized type whose variables have been replaced. Equal to any other of the same parts. */
    private static final class Resolved implements ParameterizedType {
        private final Type raw;
        private final @Nullable Type owner;
        private final List<Type> arguments;

        Resolved(Type raw, @Nullable Type owner, List<Type> arguments) {
            this.raw = raw;
            this.owner = owner;
            this.arguments = arguments;
        }

        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return owner;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ParameterizedType that
                    && raw.equals(that.getRawType())
                    && Objects.equals(owner, that.getOwnerType())
                    && arguments.equals(Arrays.asList(that.getActualTypeArguments()));
        }

        @Override
        public int hashCode() { // as the JDK's own do
            return arguments.hashCode() ^ Objects.hashCode(owner) ^ raw.hashCode();
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(raw.getTypeName());
            for (int i = 0; i < arguments.size(); i++) {
                text.append(i == 0 ? "<" : ", ").append(arguments.get(i).getTypeName());
            }
            return text.append('>').toString();
        }
    }
}
